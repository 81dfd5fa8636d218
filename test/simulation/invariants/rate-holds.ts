import { mostInASecond } from './most-in-a-second.ts'
import type { Story } from './story.ts'

/** In no second does an execution environment start more calls than its share, nor all together more than the budget. */
export function rateHolds({ calls, run }: Story): string[] {
  const { stage, settings } = run.deployment
  const all = [...calls.values()]
  const wrong: string[] = []
  const total = mostInASecond(all.map(({ at }) => at))
  if (total > stage.stytchRequestsPerSecond)
    wrong.push(`${total} calls in a second, the budget is ${stage.stytchRequestsPerSecond}`)
  for (const [environment, own] of Map.groupBy(all, (call) => call.environment)) {
    const most = mostInASecond(own.map(({ at }) => at))
    if (most > settings.requestsPerSecond)
      wrong.push(
        `${environment} started ${most} calls in a second, its share is ${settings.requestsPerSecond}`,
      )
  }
  return wrong
}
