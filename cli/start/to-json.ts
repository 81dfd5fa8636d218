import type { LogWatch } from './create-log-watch.ts'
import type { Report } from './run-deliveries.ts'
import { toCounts } from './to-counts.ts'

/** The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. */
export function toJson(
  { first, again, inQueue, stolenAlive, twice, newPasswords, crashes }: Report,
  logs: LogWatch,
) {
  return {
    ...toCounts(first),
    in_queue: inQueue,
    twice,
    stolen_passwords_alive: stolenAlive,
    delivered_again: toCounts(again),
    new_passwords: newPasswords,
    crashes,
    log_lines: logs.lines(),
    emails_in_logs: logs.leaks(),
  }
}
