import type { RowEnd } from './tally-event.ts'

/** How many rows ended how: received = reset + skipped + dead_lettered + missing. */
export function countEnds(ends: readonly RowEnd[]) {
  const count = (kind: RowEnd['kind']) => ends.filter((end) => end.kind === kind).length
  const byCode = Map.groupBy(ends, ({ code }) => code)
  return {
    received: ends.length,
    reset: count('reset'),
    skipped: count('skipped'),
    dead_lettered: count('dead_lettered'),
    missing: count('missing'),
    by_code: Object.fromEntries([...byCode].map(([code, { length }]) => [code, length])),
  }
}
