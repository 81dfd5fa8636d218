import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { SimulatorCall } from '../../infra/local/stytch/calls.ts'
import {
  MemberSchema,
  type UncheckedBreachEvent,
  UncheckedBreachEventSchema,
} from '../../lib/contract/breach-event.ts'
import { describeCode, NO_REASON } from '../../lib/contract/codes.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { normalizeEmail } from '../../lib/contract/person.ts'

/** How one row of an event ended, as seen from outside. `missing`: no trace of it, which must never happen. */
export type RowEnd = {
  kind: 'reset' | 'skipped' | 'dead_lettered' | 'missing'
  code: string
  email: string | undefined
}

/** What one delivery left behind: Stytch's own records, the dead-letter queue, and from the logs who was skipped and why, by `event id person`. */
export type Traces = {
  calls: readonly SimulatorCall[]
  deadLetters: readonly DeadLetter[]
  skips: ReadonlyMap<string, string>
}

/**
 * Returns a function that finds how each row of an event ended: on the dead-letter queue; else reset, by Stytch's records;
 * else skipped, by the logs. It goes by person, not by totals, and does not trust the functions' counters.
 */
export function createTally(
  { calls, deadLetters, skips }: Traces,
  personKey: (email: string) => string,
): (event: UncheckedBreachEvent) => RowEnd[] {
  const lettersOf = Map.groupBy(deadLetters, ({ eventId }) => eventId)
  const reset = new Set<string>()
  for (const { effect, email } of calls) if (effect !== 'none') reset.add(email)

  return (event) => {
    const { members: rows } = event.data
    const letters = lettersOf.get(event.id) ?? []
    const wholeEvent = letters.find((letter) => letter.rows.length === rows.length)
    const badRows = Map.groupBy(
      letters.flatMap(({ code, rows }) => rows.map((row) => ({ code, text: JSON.stringify(row) }))),
      ({ text }) => text,
    )
    const refused = new Map(
      letters.flatMap((letter) => letter.rows.map((row) => [emailOf(row), letter.code])),
    )
    const seen = new Set<string>()
    return rows.map((row) => {
      const email = emailOf(row)
      if (wholeEvent) return { kind: 'dead_lettered', code: wholeEvent.code, email }
      if (email === undefined) return badRow(badRows.get(JSON.stringify(row))?.pop()?.code)
      if (seen.has(email)) return { kind: 'skipped', code: 'duplicate', email }
      seen.add(email)
      return endOf(event.id, email, refused.get(email))
    })
  }

  function endOf(eventId: string, email: string, letter: string | undefined): RowEnd {
    if (letter !== undefined) return { kind: 'dead_lettered', code: letter, email }
    if (reset.has(email)) return { kind: 'reset', code: 'reset', email }
    const skip = skips.get(`${eventId} ${personKey(email)}`)
    return skip === undefined
      ? { kind: 'missing', code: 'missing', email }
      : { kind: 'skipped', code: skip, email }
  }
}

function badRow(code: string | undefined): RowEnd {
  return code === undefined
    ? { kind: 'missing', code: 'missing', email: undefined }
    : { kind: 'dead_lettered', code, email: undefined }
}

function emailOf(row: unknown): string | undefined {
  const member = MemberSchema.safeParse(row)
  return member.success ? normalizeEmail(member.data.email_address) : undefined
}

/** One message on the dead-letter queue: why it is there, and the member rows it holds (none when it is not a breach event). */
type DeadLetter = {
  messageId: string
  code: string
  detail: string
  eventId: string | undefined
  rows: readonly unknown[]
}

/** Reads the dead-letter queue from the inside, without receiving anything. Leaves out the message ids in `known`. */
export function readDeadLetters(
  { inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>,
  known: ReadonlySet<string> = new Set(),
): DeadLetter[] {
  const messages = inspector.messages(queues.deadLetter.url).filter(({ messageId }) => !known.has(messageId))
  return messages.map(({ messageId, body, attributes }) => {
    const json = parseJson(body)
    const event = json.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(json.value) : undefined
    return {
      messageId,
      code: attributes['failure-code'] ?? NO_REASON,
      detail: attributes['failure-detail'] ?? '',
      eventId: event?.data?.id,
      rows: event?.data?.data.members ?? [],
    }
  })
}

/** Counts the people who were called again after a call had reset them. `calls`: in the order of arrival. */
export function countRepeatedResets(calls: readonly Pick<SimulatorCall, 'email' | 'effect'>[]): number {
  const reset = new Set<string>()
  const repeated = new Set<string>()
  for (const { email, effect } of calls) {
    if (reset.has(email)) repeated.add(email)
    else if (effect !== 'none') reset.add(email)
  }
  return repeated.size
}

/** Rows that ended alike. `examples`: the e-mails of the first of them. */
type EndGroup = Pick<RowEnd, 'kind' | 'code'> & { count: number; examples: (string | undefined)[] }

/** How many rows there are and how many ended in which way, in the order of the first row of each group. */
export type EndCounts = { rows: number; groups: readonly EndGroup[] }

const EXAMPLES = 3

/** Counts how rows ended. `each` is called with every end. */
export function countEnds(ends: Iterable<RowEnd>, each: (end: RowEnd) => void = () => {}): EndCounts {
  const groups = new Map<string, EndGroup>()
  let rows = 0
  for (const end of ends) {
    rows++
    each(end)
    const { kind, code, email } = end
    const name = `${kind} ${code}`
    const group = groups.get(name) ?? { kind, code, count: 0, examples: [] }
    groups.set(name, group)
    group.count++
    if (group.examples.length < EXAMPLES) group.examples.push(email)
  }
  return { rows, groups: [...groups.values()] }
}

/** How many rows ended in one of the four ways. */
export function countOf({ groups }: EndCounts, kind: RowEnd['kind']): number {
  return groups.filter((group) => group.kind === kind).reduce((sum, { count }) => sum + count, 0)
}

/** How many rows ended in which way, as one object: received = reset + skipped + dead_lettered + missing. */
export function toCounts(ends: EndCounts) {
  const byCode = Map.groupBy(ends.groups, ({ code }) => code)
  return {
    received: ends.rows,
    reset: countOf(ends, 'reset'),
    skipped: countOf(ends, 'skipped'),
    dead_lettered: countOf(ends, 'dead_lettered'),
    missing: countOf(ends, 'missing'),
    by_code: Object.fromEntries(
      [...byCode].map(([code, groups]) => [code, groups.reduce((sum, { count }) => sum + count, 0)]),
    ),
  }
}

/** How many rows ended in which way, a line each, the most frequent first. */
export function countLines({ groups }: EndCounts): string[] {
  return groups
    .toSorted((a, b) => b.count - a.count)
    .map(({ kind, code, count }) => {
      const name = kind === 'reset' || kind === 'missing' ? '' : code
      return `${String(count).padStart(6)}  ${kind.replace('_', '-').padEnd(13)} ${name.padEnd(24)} ${meaningOf(code)}`.trimEnd()
    })
}

/** What an outcome means, in a few words. */
function meaningOf(code: string): string {
  if (code === 'reset') return 'the old password is unusable'
  if (code === 'reset_by_another') return 'the same person, whom another of the events reset'
  return describeCode(code).brief ?? ''
}

/** Who is on the dead-letter queue, by reason and masked, and what to do about it. */
export function deadLetterLines({ groups }: EndCounts): string[] {
  const letters = groups.filter(({ kind }) => kind === 'dead_lettered')
  if (letters.length === 0) return ['  none']
  return letters.flatMap(({ code, count, examples }) => {
    const shown = examples.map((email) => (email === undefined ? '(no address)' : maskEmail(email)))
    const more = count > examples.length ? ` and ${count - examples.length} more` : ''
    return [`  ${code}: ${shown.join(', ')}${more}`, `    ${describeCode(code).remedy}`]
  })
}

/** Enough of an address to recognize it on the screen, not enough to use it: `a***@c***.example`. */
function maskEmail(address: string): string {
  const [local = '', domain = ''] = address.split('@')
  const [name = '', ...rest] = domain.split('.')
  return `${local.slice(0, 1)}***@${name.slice(0, 1)}***.${rest.join('.')}`
}
