import type { LogWatch } from './create-log-watch.ts'
import { NO_REASON } from './read-dead-letters.ts'
import type { Report } from './run-deliveries.ts'

/**
 * Whether a run kept every promise. `enforced`: somebody was to be reset; in a dry run stolen passwords stay alive.
 * `unrecorded`: what each killed process may repeat, the people it had called and not recorded.
 */
export function isWell(
  report: Report,
  logs: Pick<LogWatch, 'leaks'>,
  run: { enforced: boolean; crash: boolean; unrecorded: number },
): boolean {
  const { first, again, inQueue, stolenAlive, twice, newPasswords, crashes } = report
  const ends = [...first.groups, ...again.groups]
  const mostRepeats = run.unrecorded * crashes
  return (
    ends.every(({ kind, code }) => kind !== 'missing' && code !== NO_REASON) &&
    inQueue === 0 &&
    (stolenAlive === 0 || !run.enforced) &&
    twice <= mostRepeats &&
    newPasswords.chosen - newPasswords.alive <= mostRepeats &&
    crashes > 0 === run.crash &&
    logs.leaks() === 0
  )
}
