import pLimit from 'p-limit'
import { type Clocks, countDown } from './count-down.ts'

export type Limiter = {
  /**
   * Waits for the next start that the rate allows and resolves to true. Resolves to false when that start would be later
   * than `latestStart` (of the monotonic clock), or within a quarter of a second after `cancelled` returns true, or when Stytch asked
   * for a pause of more than two seconds: the queue waits for that.
   */
  acquire(latestStart: number, cancelled?: () => boolean): Promise<boolean>
  /** Runs an invocation. Unless it follows directly on the last one here, another environment may have called until now. */
  during<Result>(invocation: () => Promise<Result>): Promise<Result>
  /** A call that started at `startedAt` (of the monotonic clock) was throttled: the rate is halved once per burst, and `Retry-After` is obeyed. */
  throttled(startedAt: number, retryAfterMs?: number): void
  /** A call was answered: the rate grows back. */
  succeeded(): void
  /** Starts per second that are allowed now. */
  rate(): number
  /** How much longer Stytch asked us to wait, in ms; 0 when it didn't. */
  pausedForMs(): number
}

/** How many calls may start in a second or in a minute. */
export type Rate = { starts: number; inMs: 1000 | 60_000 }

/** A start that is late by less does not delay those after it. It is also how much calls may bunch up on their way to Stytch. */
const MAX_LATE_MS = 20
/** What is slower is not slowed further: an invocation would end before its turn. */
const MIN_PER_SECOND = 0.5
const GROWTH_PER_SUCCESS = 0.02
const MAX_NAP_MS = 250
const MAX_PAUSE_MS = 2000

/**
 * Spaces starts evenly, as many as `rate` has (1 or more) in its time and 20 ms. No such time holds more, however late the process
 * wakes. That is also true when environments take over from one another, even from one that crashed: after an idle time the first start waits for a spacing,
 * and for the 20 ms by which the last start of the other may have been late.
 */
export function createLimiter(deps: Clocks & { rate: Rate; sleep: (ms: number) => Promise<void> }): Limiter {
  const { now, monotonic, sleep } = deps
  const maxStarts = Math.floor(deps.rate.starts)
  const windowMs = deps.rate.inMs + MAX_LATE_MS
  const fullRate = (1000 * maxStarts) / windowMs
  const oneByOne = pLimit(1)
  const starts: number[] = []
  let started = 0
  let rate = fullRate
  let planned = monotonic() + MAX_LATE_MS
  let last = { endedAt: 0, endedMonotonic: 0, tookMs: 0 }
  let slowedAt = Number.NEGATIVE_INFINITY
  let pausedForMs = () => 0

  async function waitForStart(latestStart: number, cancelled: () => boolean): Promise<boolean> {
    for (;;) {
      const even = planned + 1000 / rate
      const room = (starts[started % maxStarts] ?? Number.NEGATIVE_INFINITY) + windowMs
      const waitMs = Math.max(even - monotonic(), room - monotonic(), pausedForMs(), 0)
      if (monotonic() + waitMs > latestStart || cancelled() || pausedForMs() > MAX_PAUSE_MS) return false
      if (waitMs === 0) return begin(even)
      await sleep(Math.min(Math.ceil(waitMs), MAX_NAP_MS))
    }
  }

  function begin(even: number): true {
    planned = Math.max(even, monotonic() - MAX_LATE_MS)
    starts[started++ % maxStarts] = monotonic()
    return true
  }

  /** Whether no other environment can have made a call since the last invocation here: each would have had to wait longer, too. */
  function followsDirectly(): boolean {
    const idleMs = [now() - last.endedAt, monotonic() - last.endedMonotonic]
    return (
      Math.min(...idleMs) >= 0 && Math.max(...idleMs) < Math.min(last.tookMs, 1000 / fullRate + MAX_LATE_MS)
    )
  }

  return {
    acquire: (latestStart, cancelled = () => false) => oneByOne(waitForStart, latestStart, cancelled),
    async during(invocation) {
      // A step of the wall clock is over once a pause has been looked at, also where nobody is called.
      pausedForMs()
      if (!followsDirectly()) planned = Math.max(planned, monotonic() + MAX_LATE_MS)
      const begun = monotonic()
      try {
        return await invocation()
      } finally {
        last = { endedAt: now(), endedMonotonic: monotonic(), tookMs: monotonic() - begun }
      }
    },
    throttled(startedAt, retryAfterMs = 0) {
      if (retryAfterMs > pausedForMs()) pausedForMs = countDown(deps, retryAfterMs)
      if (startedAt < slowedAt) return
      slowedAt = monotonic()
      rate = Math.max(Math.min(fullRate, MIN_PER_SECOND), rate / 2)
    },
    succeeded() {
      rate = Math.min(fullRate, rate + fullRate * GROWTH_PER_SUCCESS)
    },
    rate: () => rate,
    pausedForMs: () => pausedForMs(),
  }
}
