import type { LimitFunction } from 'p-limit'
import { createPersonQueue } from '../../lib/flow/concurrency.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { Verdict } from '../../lib/stytch/judge-answer.ts'
import type { Outcome, Stop } from './outcome.ts'

/** What the records of one invocation share: the deadline, whether calling has been stopped, and one turn at a time per person. */
export type Invocation = {
  /** No call starts later than this (ms since the epoch): what is left then belongs to an unanswered call and to settling. */
  latestStart: number
  /** Whether anybody has been called: an invocation without progress is not repeated at once. */
  called: boolean
  /** Stops all further calls of the invocation. The first reason stays. */
  stop(reason: Stop): void
  stopped(): Stop | undefined
  inTurn: ReturnType<typeof createPersonQueue<Outcome>>
}

export function createInvocation(
  latestStart: number,
  observe: Pick<Observe, 'note' | 'measure'>,
): Invocation {
  let stopped: Stop | undefined
  return {
    latestStart,
    called: false,
    stop: (reason) => {
      if (stopped) return
      stopped = reason
      observe.note('calling stopped', { code: reason.code, delay: reason.delay })
      if (reason.delay === 'longest') observe.measure('ConfigurationFault', 1)
    },
    stopped: () => stopped,
    inTurn: createPersonQueue<Outcome>(),
  }
}

const MIN_PAUSE_MS = 15_000
const MAX_PAUSE_MS = 120_000

export type Circuit = {
  /** Calling was given up. For a while nobody is called, which doubles each time; then one person alone, until a call is answered. */
  broke(stop: Stop): void
  /** Stytch has answered: everybody may be called. */
  answered(): void
  /** Why nobody may be called now, and for how long still. */
  open(): Stop | undefined
}

/** A circuit breaker for an execution environment: an outage is waited for on the queue, not in invocations that find it out again. */
export function createCircuit({ people, now }: { people: LimitFunction; now: () => number }): Circuit {
  const { concurrency } = people
  let pauseMs = MIN_PAUSE_MS
  let openUntil = 0
  let reason = ''

  return {
    broke({ code }) {
      if (now() < openUntil) return
      openUntil = now() + pauseMs
      pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs)
      reason = code
      people.concurrency = 1
    },
    answered() {
      openUntil = 0
      pauseMs = MIN_PAUSE_MS
      people.concurrency = concurrency
    },
    open() {
      const retryAfterMs = openUntil - now()
      return retryAfterMs > 0 ? { code: reason, delay: 'growing', retryAfterMs, untried: true } : undefined
    },
  }
}

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
