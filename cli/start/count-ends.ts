import type { RowEnd } from './row-end.ts'

/** Rows that ended alike. `examples`: the e-mails of the first of them. */
export type EndGroup = Pick<RowEnd, 'kind' | 'code'> & { count: number; examples: (string | undefined)[] }

/** How many rows there are and how many ended how, in the order in which the ends were met first. */
export type EndCounts = { rows: number; groups: readonly EndGroup[] }

const EXAMPLES = 3

/** Counts how rows ended. `each` is told of every end. */
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
