import type { LogWatch } from './create-log-watch.ts'
import type { Report } from './run-deliveries.ts'
import type { RowEnd } from './tally-event.ts'

/** The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. */
export function toJson(
  { first, again, inQueue, stolenAlive, twice, newPasswords, crashes }: Report,
  logs: LogWatch,
) {
  return {
    ...countEnds(first),
    in_queue: inQueue,
    twice,
    stolen_passwords_alive: stolenAlive,
    delivered_again: countEnds(again),
    new_passwords: newPasswords,
    crashes,
    log_lines: logs.lines(),
    emails_in_logs: logs.leaks(),
  }
}

function countEnds(ends: readonly RowEnd[]) {
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
