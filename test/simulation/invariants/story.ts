import type { OutcomeLine } from '../../../lib/observability/observe.ts'
import type { Run } from '../world/play.ts'
import type { Entry } from '../world/world.ts'

type EntryOf<What extends Entry['what']> = Extract<Entry, { what: What }>

/** A row of a message as the invariants read it, without the schemas of the code under test. */
type BodyRow = {
  email_address?: unknown
  member_id?: string
  owed?: unknown
  uncertain?: boolean
  idstried?: boolean
}
export type Body = {
  id: string
  time: string
  expirytime?: string
  fence?: string
  attempts?: number
  firsttriedat?: string
  data: { exposed_at?: string; mode?: string; members: readonly BodyRow[] }
}

/** `index` is the place in the journal. `rows`: of each person by name; `bad`: rows that name nobody. */
export type Message = EntryOf<'sent'> & {
  index: number
  json: Body | undefined
  rows: ReadonlyMap<string, readonly BodyRow[]>
  bad: number
}

export type Call = EntryOf<'called'> & {
  index: number
  reachedAt: number | undefined
  effect: boolean
  answered: (EntryOf<'answered'> & { index: number }) | undefined
}

export type Invocation = EntryOf<'invoked'> & {
  index: number
  messages: readonly Message[]
  pages: (EntryOf<'page read'> & { index: number })[]
  calls: Call[]
  sent: Message[]
  stored: (EntryOf<'row stored'> & { index: number })[]
  counted: EntryOf<'counted'>[]
  remembered: (EntryOf<'remembered'> & { index: number })[]
  outcomes: OutcomeLine[]
  failures: readonly string[] | undefined
  overAt: number | undefined
  crashed: (EntryOf<'crashed'> & { index: number }) | undefined
  acknowledged: (EntryOf<'acknowledged'> & { index: number }) | undefined
}

/** The journal of a run, sorted by what belongs together. */
export type Story = {
  run: Run
  messages: ReadonlyMap<string, Message>
  invocations: ReadonlyMap<string, Invocation>
  calls: ReadonlyMap<number, Call>
}

/** Sorts the journal of a run by message, invocation and call. */
export function tellStory(run: Run): Story {
  const messages = new Map<string, Message>()
  const invocations = new Map<string, Invocation>()
  const calls = new Map<number, Call>()

  for (const [index, entry] of run.journal.entries()) {
    const invocation = 'invocation' in entry ? invocations.get(entry.invocation ?? '') : undefined
    switch (entry.what) {
      case 'sent': {
        const message = { ...entry, index, ...readBody(entry.body, run.world.people.named) }
        messages.set(entry.message, message)
        invocations.get(entry.by)?.sent.push(message)
        break
      }
      case 'invoked':
        invocations.set(entry.invocation, {
          ...entry,
          index,
          messages: entry.received.flatMap(({ message }) => messages.get(message) ?? []),
          pages: [],
          calls: [],
          sent: [],
          stored: [],
          counted: [],
          remembered: [],
          outcomes: [],
          failures: undefined,
          overAt: undefined,
          crashed: undefined,
          acknowledged: undefined,
        })
        break
      case 'called': {
        const call = { ...entry, index, reachedAt: undefined, effect: false, answered: undefined }
        calls.set(entry.call, call)
        invocation?.calls.push(call)
        break
      }
      case 'reached Stytch':
        Object.assign(calls.get(entry.call) ?? {}, { reachedAt: entry.at, effect: entry.effect })
        break
      case 'answered':
        Object.assign(calls.get(entry.call) ?? {}, { answered: { ...entry, index } })
        break
      case 'page read':
        invocation?.pages.push({ ...entry, index })
        break
      case 'row stored':
        invocation?.stored.push({ ...entry, index })
        break
      case 'counted':
        invocation?.counted.push(entry)
        break
      case 'remembered':
        invocation?.remembered.push({ ...entry, index })
        break
      case 'outcome':
        invocation?.outcomes.push(entry.line)
        break
      case 'ended':
        Object.assign(invocation ?? {}, { failures: entry.failures })
        break
      case 'crashed':
        Object.assign(invocation ?? {}, { crashed: { ...entry, index }, overAt: entry.at })
        break
      case 'acknowledged':
        Object.assign(invocation ?? {}, { acknowledged: { ...entry, index }, overAt: entry.at })
        break
      default:
    }
  }
  return { run, messages, invocations, calls }
}

/** Reads a message as a stranger would: any JSON with members in it, also as an SNS notification. Its id is that of source and event. */
export function readBody(
  body: string,
  named: (email: unknown) => string | undefined,
): Pick<Message, 'json' | 'rows' | 'bad'> {
  const json = parse(body)
  const members = json?.data?.members ?? []
  const rows = new Map<string, BodyRow[]>()
  let bad = 0
  for (const row of members) {
    const person = named(row.email_address)
    if (person === undefined) bad++
    else rows.set(person, [...(rows.get(person) ?? []), row])
  }
  return { json, rows, bad }
}

function parse(body: string): Body | undefined {
  try {
    const json = JSON.parse(body)
    if (typeof json?.Message === 'string') return parse(json.Message)
    if (!Array.isArray(json?.data?.members)) return undefined
    return { ...json, id: `${json.source} ${json.id}` }
  } catch {
    return undefined
  }
}

/**
 * What the stage of a run lets the source of an event do, and with which other sources it shares its hour (`name`). Undefined: the
 * stage does not allow the source.
 */
export function ruleOf({ deployment }: Pick<Run, 'deployment'>, json: Body | undefined) {
  const { maxMembersPerEvent: most, sources } = deployment.stage
  if (!sources) return { name: '', most, maxPerHour: Number.POSITIVE_INFINITY, isDry: false }
  const [source = ''] = json?.id.split(' ') ?? []
  const name = source in sources ? source : '*'
  const rule = sources[name]
  if (!rule) return undefined
  const { maxMembersPerEvent = most, maxMembersPerHour: maxPerHour = Number.POSITIVE_INFINITY } = rule
  return {
    name,
    most: Math.min(most, maxMembersPerEvent),
    maxPerHour,
    isDry: rule.highestMode === 'dry_run',
  }
}

/** Ends of a call that leave open whether the reset happened. */
export const UNSAID: readonly string[] = ['timeout', 'connection_lost', 'unusable']

/** The codes of dead letters that are kept as they came. */
export const VERBATIM: readonly string[] = ['not_json', 'in_future', 'invalid_member']

/** The most of the moments (ms, in order) that lie in any one second, the second's end excluded. */
export function peakPerSecond(moments: readonly number[]): number {
  let first = 0
  let most = 0
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= 1000) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}

type Repeat = { call: Call; earlier: Call; cause: Cause }

/** Finds every call that reset somebody whom an earlier call had reset already for all the events it was made for. */
export function findRepeats(story: Story): Repeat[] {
  const effective = [...story.calls.values()].filter(({ effect }) => effect)
  return [...Map.groupBy(effective, ({ person }) => person).values()].flatMap((calls) =>
    calls.flatMap((call, position) => {
      const messages = story.invocations.get(call.invocation)?.messages ?? []
      const fences = messages
        .filter(({ rows }) => rows.has(call.person))
        .map(({ json }) => Date.parse(json?.fence ?? ''))
      const latest = Math.max(...fences)
      const earlier = calls.slice(0, position).findLast(({ at }) => at >= latest)
      return earlier ? [{ call, earlier, cause: causeOfRepeat(story, earlier, call, latest) }] : []
    }),
  )
}

/**
 * Why somebody was reset again. `crash`: the process died before the row was written. `unanswered`: the earlier call was not
 * answered, or unusably. `at the same moment`: the row was not written yet when the later invocation read its page.
 * `not written`: the ledger could not be written, and the later message knows nothing of it, being another one.
 * `overwritten`: the row was replaced by an older one (ADR 006). `none`: the code should have known.
 */
export type Cause = 'crash' | 'unanswered' | 'at the same moment' | 'not written' | 'overwritten' | 'none'

/** Finds out why `later` was made, although `earlier` had reset that person since `fence`, the latest of its events. */
function causeOfRepeat({ invocations }: Story, earlier: Call, later: Call, fence: number): Cause {
  const before = invocations.get(earlier.invocation)
  const now = invocations.get(later.invocation)
  if (!before || !now) return 'none'
  const { person } = later
  const pages = now.pages.filter(({ resets }) => resets.some(([who]) => who === person))
  const rows = [...invocations.values()]
    .flatMap(({ stored }) => stored)
    .filter((row) => row.person === person && row.kind === 'reset' && row.resetAt === earlier.at)
  if (rows.some(({ index }) => index < (pages[0]?.index ?? 0))) {
    const isRead = pages.some(({ resets }) => resets.some(([who, at = 0]) => who === person && at >= fence))
    return isRead ? 'none' : 'overwritten'
  }
  if (!earlier.answered && before.crashed) return 'crash'
  if (!earlier.answered || UNSAID.includes(earlier.answered.as)) return 'unanswered'
  if (before.crashed) return 'crash'
  const isWrittenLate = rows.some(({ invocation }) => invocation === before.invocation)
  const isStillRunning = before.overAt === undefined || before.overAt > later.at
  if (isWrittenLate || isStillRunning) return 'at the same moment'
  if (before.messages.filter((message) => message.rows.has(person)).length > 1) return 'not written'
  const naming = now.messages.filter((message) => message.rows.has(person))
  return naming.every((message) => comesFrom(message, before)) ? 'none' : 'not written'

  /** Whether the message was sent on by that invocation, or by one that received what it had sent on. */
  function comesFrom({ by, json }: Message, origin: Invocation): boolean {
    if (by === origin.invocation) return true
    const received = invocations.get(by)?.messages ?? []
    const same = received.filter((message) => message.json?.id === json?.id && message.rows.has(person))
    return same.some((message) => comesFrom(message, origin))
  }
}
