import pLimit from 'p-limit'
import { type Clocks, countDown } from '../flow/count-down.ts'
import type { Failure } from '../stytch/judge-answer.ts'

const FUTILE_CALLS = 20

/**
 * Sees how every call of an execution environment failed, or that it did not, and returns why further calls are futile, if they are: after a configuration
 * fault; after 20 transient answers in a row; or when the first 20 answers are all refused with one unknown 4xx, or all unusable,
 * which is then the configuration's fault and not the members'. Members of that batch are not blamed for the 4xx; those of
 * earlier, small batches are dead-lettered by then and can be redriven. After such a stop one more of the same is enough for the next.
 */
export function createFailureDetector(): (failure: Failure | undefined) => Stop | undefined {
  let transientInARow = 0
  let suspicion = { code: '', count: 0 }
  let trusted = false

  return (failure) => {
    if (failure?.kind === 'configuration_fault') return { code: failure.code, delay: 'longest' }
    if (failure?.kind === 'transient') {
      transientInARow = Math.min(transientInARow + 1, FUTILE_CALLS)
      if (transientInARow < FUTILE_CALLS) return undefined
      return { code: failure.code, delay: 'growing', retryAfterMs: failure.retryAfterMs }
    }
    transientInARow = 0
    const suspect = failure?.kind === 'unusable' || (failure?.kind === 'refused' && failure.unknown)
    trusted ||= !suspect || (suspicion.count > 0 && failure.code !== suspicion.code)
    if (trusted || !suspect) return undefined
    suspicion = { code: failure.code, count: Math.min(suspicion.count + 1, FUTILE_CALLS) }
    return suspicion.count === FUTILE_CALLS ? { code: failure.code, delay: 'longest' } : undefined
  }
}

/**
 * Why nothing more is called, or why a person is deferred, and when to try again: at once, after a growing delay
 * (`retryAfterMs` if Stytch asked for one), or after the longest delay SQS has.
 * `untried`: nobody was called, so nobody is given up at the retry horizon.
 */
export type Stop = {
  code: string
  delay: 'none' | 'growing' | 'longest'
  retryAfterMs?: number | undefined
  untried?: boolean | undefined
}

const MIN_PAUSE_MS = 15_000
const MAX_PAUSE_MS = 120_000

export type Circuit = {
  /** Runs work that calls for one person, as soon as fewer than `maxUnrecorded` are at work; one at a time after a pause. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** Calling has failed. Nobody is called for a while, which doubles each time; then one person alone, until a call is answered. */
  broke(stop: Stop): void
  /** Stytch has answered: everybody may be called. */
  answered(): void
  /** Why nobody may be called now, and for how long; undefined when calling is allowed. */
  open(): Stop | undefined
}

/**
 * A circuit breaker for an execution environment: an outage waits on the queue, not in invocations that discover it again.
 * `maxUnrecorded` bounds the people who are called and not yet recorded, which is what a crash can repeat.
 */
export function createCircuit({ maxUnrecorded, ...clocks }: Clocks & { maxUnrecorded: number }): Circuit {
  const people = pLimit(maxUnrecorded)
  let pauseMs = MIN_PAUSE_MS
  let openForMs = () => 0
  let reason = ''

  return {
    run: (work) => people(work),
    broke({ code }) {
      if (openForMs() > 0) return
      openForMs = countDown(clocks, pauseMs)
      pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs)
      reason = code
      people.concurrency = 1
    },
    answered() {
      openForMs = () => 0
      pauseMs = MIN_PAUSE_MS
      people.concurrency = maxUnrecorded
    },
    open() {
      const retryAfterMs = openForMs()
      return retryAfterMs > 0 ? { code: reason, delay: 'growing', retryAfterMs, untried: true } : undefined
    },
  }
}
