import type { Verdict } from '../../lib/stytch/verdict.ts'
import type { Stop } from './outcome.ts'

const FUTILE_CALLS = 20

/**
 * Returns a function that sees every verdict of an execution environment and says when further calls are futile:
 * a configuration fault; 20 transient answers in a row; or the first 20 answers all refused with one unknown 4xx,
 * which is then the configuration's fault and not the members'. After such a stop one more of the same is enough for the next.
 */
export function watchCalls(): (verdict: Verdict) => Stop | undefined {
  let transientInARow = 0
  let refusals = { code: '', count: 0 }
  let accepted = false

  return (verdict) => {
    if (verdict.kind === 'configuration_fault') return { code: verdict.code, delay: 'longest' }
    if (verdict.kind === 'transient') {
      transientInARow = Math.min(transientInARow + 1, FUTILE_CALLS)
      if (transientInARow < FUTILE_CALLS) return undefined
      return { code: verdict.code, delay: 'growing', retryAfterMs: verdict.retryAfterMs }
    }
    transientInARow = 0
    if (verdict.kind !== 'refused' || !verdict.unknown) {
      accepted = true
      return undefined
    }
    if (accepted) return undefined
    const count = verdict.code === refusals.code ? refusals.count + 1 : 1
    if (refusals.code !== '' && verdict.code !== refusals.code) accepted = true
    refusals = { code: verdict.code, count: Math.min(count, FUTILE_CALLS) }
    return count >= FUTILE_CALLS ? { code: verdict.code, delay: 'longest' } : undefined
  }
}
