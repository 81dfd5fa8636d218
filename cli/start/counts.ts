import { describeCode } from '../../lib/contract/codes.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import { maskAddress } from '../mask.ts'
import type { RowEnd, SessionsEnd } from './tally.ts'

/** Rows that ended alike. `examples`: the e-mails of the first of them. */
type EndGroup = Omit<End, 'email'> & { count: number; examples: (string | undefined)[] }

/** How a row ended, or the sessions of a person. */
type End = { kind: RowEnd['kind'] | SessionsEnd['kind']; code: string; email: string | undefined }

/** How many rows there are and how many ended in which way, in the order of the first row of each group. */
export type EndCounts = { rows: number; groups: readonly EndGroup[] }

const EXAMPLES = 3

/** Counts how rows ended. `each` is called with every end. */
export function countEnds<Counted extends End>(
  ends: Iterable<Counted>,
  each: (end: Counted) => void = () => {},
): EndCounts {
  const count = createCount()
  for (const end of ends) {
    count.add(end)
    each(end)
  }
  return count.counts()
}

/** Counts how rows ended, and how end-sessions ended with the people among them who were passed on. `each` is called with every end. */
export function countEndsWithSessions(
  ends: Iterable<RowEnd>,
  each: (end: RowEnd) => void = () => {},
): { counts: EndCounts; passedOn: EndCounts } {
  const passedOn = createCount()
  const counts = countEnds(ends, (end) => {
    each(end)
    if (end.sessions) passedOn.add({ ...end.sessions, email: end.email })
  })
  return { counts, passedOn: passedOn.counts() }
}

/** Counts ends one by one. */
export function createCount() {
  const groups = new Map<string, EndGroup>()
  let rows = 0
  return {
    add({ kind, code, email }: End): void {
      rows++
      const name = `${kind} ${code}`
      const group = groups.get(name) ?? { kind, code, count: 0, examples: [] }
      groups.set(name, group)
      group.count++
      if (group.examples.length < EXAMPLES) group.examples.push(email)
    },
    counts: (): EndCounts => ({ rows, groups: [...groups.values()] }),
  }
}

/** How many rows ended in one of the ways. */
export function countOf({ groups }: EndCounts, kind: End['kind']): number {
  return groups.filter((group) => group.kind === kind).reduce((sum, { count }) => sum + count, 0)
}

/** How many rows ended in which way, as one object: received = reset + skipped + dead_lettered + missing. */
export function toCounts(ends: EndCounts) {
  return {
    received: ends.rows,
    reset: countOf(ends, 'reset'),
    ...otherCounts(ends),
  }
}

/** How end-sessions ended with how many people, as one object: passed_on = ended + skipped + dead_lettered + missing. */
export function toSessionCounts(ends: EndCounts) {
  return {
    passed_on: ends.rows,
    ended: countOf(ends, 'ended'),
    ...otherCounts(ends),
  }
}

function otherCounts(ends: EndCounts) {
  const byCode = groupBy(ends.groups, ({ code }) => code)
  return {
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
      const name = kind === code ? '' : code
      return `${String(count).padStart(6)}  ${kind.replace('_', '-').padEnd(13)} ${name.padEnd(24)} ${meaningOf(code)}`.trimEnd()
    })
}

/** What an outcome means, in a few words. */
export function meaningOf(code: string): string {
  if (code === 'reset') return 'the old password is unusable'
  if (code === 'ended') return 'no session from before is left'
  if (code === 'reset_by_another') return 'the same person, whom another of the events reset'
  return describeCode(code).brief ?? ''
}

/** Who is on the dead-letter queue, by reason and masked, and what to do about it. */
export function deadLetterLines(...ends: readonly EndCounts[]): string[] {
  const letters = ends.flatMap(({ groups }) => groups).filter(({ kind }) => kind === 'dead_lettered')
  if (letters.length === 0) return ['  none']
  return letters.flatMap(({ code, count, examples }) => {
    const shown = examples.map((email) => (email === undefined ? '(no address)' : maskAddress(email)))
    const more = count > examples.length ? ` and ${count - examples.length} more` : ''
    return [`  ${code}: ${shown.join(', ')}${more}`, `    ${describeCode(code).remedy}`]
  })
}
