import type { EndCounts } from './count-ends.ts'
import { countOf } from './count-of.ts'

/** How many rows ended how, as one object: received = reset + skipped + dead_lettered + missing. */
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
