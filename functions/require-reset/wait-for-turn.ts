import type { Limiter } from '../../lib/flow/create-limiter.ts'
import type { Invocation } from './create-invocation.ts'
import type { Stop } from './outcome.ts'

/** Waits until the next call may start. Resolves to nothing then, otherwise to why none may start any more. */
export async function waitForTurn(limiter: Limiter, invocation: Invocation): Promise<Stop | undefined> {
  const isOurTurn = await limiter.acquire(invocation.latestStart, () => invocation.stopped() !== undefined)
  const stop = invocation.stopped()
  if (stop) return stop
  if (isOurTurn) {
    invocation.called = true
    return undefined
  }
  const retryAfterMs = limiter.pausedForMs()
  if (retryAfterMs > 0) return { code: 'too_many_requests', delay: 'growing', retryAfterMs }
  return { code: 'out_of_time', delay: invocation.called ? 'none' : 'growing' }
}
