import { countStrays } from './count-strays.ts'
import type { LogWatch } from './create-log-watch.ts'
import type { LongRun } from './long-run-lines.ts'
import type { Report } from './run-deliveries.ts'
import { toCounts } from './to-counts.ts'

/**
 * The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. Of a long run
 * also budget, seconds and memory (bytes).
 */
export function toJson(
  { first, again, seconds, inQueue, stolenAlive, twice, newPasswords, crashes }: Report,
  logs: LogWatch,
  long?: LongRun,
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
    ...(long && {
      budget: long.stage.stytchRequestsPerSecond,
      seconds,
      memory: long.memory.map(({ fromRows, processes }) => ({
        from_rows: fromRows,
        more_than_a_tenth: countStrays(processes),
        processes: processes.map(({ name, atStart, least, greatest, atEnd }) => ({
          ...{ function: name, at_first: atStart, least, greatest, at_end: atEnd },
        })),
      })),
    }),
  }
}
