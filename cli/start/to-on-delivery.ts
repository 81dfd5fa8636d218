import type { LocalSystem } from '../../infra/local/local-system.ts'
import { stages } from '../../infra/stages.ts'
import type { LogWatch } from './create-log-watch.ts'
import { createProgress } from './create-progress.ts'
import { describeWaiting } from './describe-waiting.ts'
import type { Delivery } from './run-deliveries.ts'

/** Returns what shows the progress of a delivery; nothing when `quiet`. */
export function toOnDelivery(
  system: LocalSystem,
  logs: LogWatch,
  quiet: boolean,
): (title: string, rows: number) => Delivery {
  return (title, rows) => {
    const earlier = logs.outcomes().length
    if (quiet) return { look: () => {}, end: () => {} }
    return createProgress({
      title,
      total: rows,
      budget: stages.local.stytchRequestsPerSecond,
      stream: process.stdout,
      look: () => ({
        done: logs
          .outcomes()
          .slice(earlier)
          .filter(({ outcome }) => outcome !== 'sent_on').length,
        callTimes: system.stytch.calls().map(({ at }) => at),
        waiting: describeWaiting(system),
      }),
    })
  }
}
