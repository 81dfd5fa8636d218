import type { Verdict } from '../../lib/stytch/verdict.ts'
import type { Stop } from './outcome.ts'

const FUTILE_CALLS = 20

/**
 * Returns a function that sees every verdict of an execution environment and says when further calls are futile:
 * a configuration fault; 20 transient answers in a row; or the first 20 answers all refused with one unknown 4xx,
 * or all unusable, which is then the configuration's fault and not the members'. Members of that batch are not blamed for
 * the 4xx; those of earlier, small batches are dead-lettered by then and can be redriven.
 * After such a stop one more of the same is enough for the next.
 */
export function watchCalls(): (verdict: Verdict) => Stop | undefined {
  let transientInARow = 0
  let suspicion = { code: '', count: 0 }
  let trusted = false

  return (verdict) => {
    if (verdict.kind === 'configuration_fault') return { code: verdict.code, delay: 'longest' }
    if (verdict.kind === 'transient') {
      transientInARow = Math.min(transientInARow + 1, FUTILE_CALLS)
      if (transientInARow < FUTILE_CALLS) return undefined
      return { code: verdict.code, delay: 'growing', retryAfterMs: verdict.retryAfterMs }
    }
    transientInARow = 0
    const suspect = verdict.kind === 'unusable' || (verdict.kind === 'refused' && verdict.unknown)
    trusted ||= !suspect || (suspicion.count > 0 && verdict.code !== suspicion.code)
    if (trusted || !suspect) return undefined
    suspicion = { code: verdict.code, count: Math.min(suspicion.count + 1, FUTILE_CALLS) }
    return suspicion.count === FUTILE_CALLS ? { code: verdict.code, delay: 'longest' } : undefined
  }
}
