import type { EndCounts } from './count-ends.ts'
import type { RowEnd } from './row-end.ts'

/** How many rows ended in this kind of way. */
export function countOf({ groups }: EndCounts, kind: RowEnd['kind']): number {
  return groups.filter((group) => group.kind === kind).reduce((sum, { count }) => sum + count, 0)
}
