import type { MetricName, Observe } from '../../lib/observability/observe.ts'
import type { Answer } from '../../lib/stytch/answer.ts'

/** Counts an answer of Stytch in exactly one class, and says for each whether it was throttled. */
export function measureAnswer(observe: Pick<Observe, 'measure'>, answer: Answer, latencyMs: number): void {
  const metric = classOf(answer)
  observe.measure('StytchCalls', 1)
  observe.measure('StytchLatencyMs', latencyMs)
  observe.measure('StytchThrottled', metric === 'StytchThrottled' ? 1 : 0)
  if (metric !== 'StytchThrottled') observe.measure(metric, 1)
}

/** A redirect, which is not followed, and a switch of protocols, which is not made, are refusals. */
function classOf(answer: Answer): MetricName {
  if (answer.kind !== 'answered') return 'StytchUnanswered'
  if (answer.status === 429) return 'StytchThrottled'
  if (answer.status >= 500) return 'StytchAnswered5xx'
  return answer.status >= 200 && answer.status < 300 ? 'StytchAnswered2xx' : 'StytchAnswered4xx'
}
