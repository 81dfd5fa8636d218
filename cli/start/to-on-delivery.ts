import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { LogWatch } from './create-log-watch.ts'
import { createProgress } from './create-progress.ts'
import { describeWaiting } from './describe-waiting.ts'
import type { Delivery } from './run-deliveries.ts'

/** Returns what shows the progress of a delivery; nothing when `quiet`. `budget`: calls per second. */
export function toOnDelivery(
  system: LocalSystem,
  logs: Pick<LogWatch, 'outcomes'>,
  { budget, quiet }: { budget: number; quiet: boolean },
): (title: string, rows: number) => Delivery {
  return (title, total) => {
    if (quiet) return { look: () => {}, end: () => {} }
    const earlier = { outcomes: logs.outcomes(), calls: system.stytch.calls().length }
    return createProgress({
      ...{ title, total, budget, stream: process.stdout },
      look: () => ({
        done: logs.outcomes() - earlier.outcomes,
        calls: system.stytch.calls().length - earlier.calls,
        waiting: describeWaiting(system),
      }),
    })
  }
}
