import { countEnds } from '../count-ends.ts'
import { toCounts } from '../to-counts.ts'
import type { ChaosReport } from './chaos-report.ts'

/** A chaos run as one object. `wrong`: what it broke, empty when all is well. */
export function toChaosJson(
  report: ChaosReport,
  logs: { lines: number; leaks: number },
  wrong: readonly string[],
) {
  const because = Map.groupBy(report.repeats, (repeat) => repeat.because)
  const count = (why: (typeof report.repeats)[number]['because']) => because.get(why)?.length ?? 0
  return {
    ...{ seed: report.seed, seconds: report.seconds, wrong },
    ...toCounts(countEnds(report.first)),
    in_queue: report.inQueue,
    retries_cut_short: report.cutShort,
    stolen_passwords_alive: report.stolenAlive.length,
    repeats: {
      unanswered: count('unanswered'),
      unrecorded: count('unrecorded'),
      same_moment: count('same moment'),
      unexplained: count('unexplained'),
    },
    faults: Object.fromEntries(report.hits),
    unsettled_invocations: report.unsettled,
    delivered_again: toCounts(countEnds(report.again)),
    not_covered: report.notCovered.length,
    new_passwords: report.newPasswords,
    log_lines: logs.lines,
    emails_in_logs: logs.leaks,
  }
}
