import { NO_REASON } from '../read-dead-letters.ts'
import type { ChaosReport } from './chaos-report.ts'

/** From how many seconds on every kind of fault must have hit. */
export const EVERY_FAULT_FROM_SECONDS = 20

/** What a chaos run broke, a sentence each; none when all is well. `leaks`: log lines with an e-mail address. */
export function judgeChaos(report: ChaosReport, leaks: number): string[] {
  const { first, again, repeats, newPasswords } = report
  const missing = [...first, ...again].filter(({ kind }) => kind === 'missing').length
  const unexplained = repeats.filter(({ because }) => because === 'unexplained').length
  const gaveUpInCalm = again.filter(({ code }) => code === NO_REASON).length
  const never = neverHit(report)
  const wrongs: [number, string][] = [
    [missing, 'rows have no outcome'],
    [report.inQueue, 'messages are left on the work queues'],
    [report.stolenAlive.length, 'stolen passwords are alive, and their owners not on the dead-letter queue'],
    [unexplained, 'resets were repeated, and nothing explains it'],
    [report.notCovered.length, 'people who were reset were not covered in the second delivery'],
    [newPasswords.chosen - newPasswords.alive, 'new passwords were lost in the second delivery'],
    [gaveUpInCalm, 'rows of the second delivery were moved to the dead-letter queue by SQS'],
    [leaks, 'log lines hold an e-mail address'],
    [
      report.seconds < EVERY_FAULT_FROM_SECONDS ? 0 : never.length,
      `kinds of fault never hit: ${never.join(', ')}`,
    ],
  ]
  return wrongs.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}

/** The kinds of fault that never hit. */
export function neverHit({ hits }: Pick<ChaosReport, 'hits'>): string[] {
  return [...hits].filter(([, count]) => count === 0).map(([name]) => name)
}
