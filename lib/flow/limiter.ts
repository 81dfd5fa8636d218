import pLimit from 'p-limit'
import { STEADY_SHARE } from './steady-share.ts'

export type Limiter = {
  /**
   * Waits for the next start that the rate allows and resolves to true. Resolves to false when that start would be later
   * than `latestStart` (ms since the epoch), or within a quarter of a second after `cancelled` returns true, or when Stytch asked
   * for a pause of more than two seconds: the queue waits for that.
   */
  acquire(latestStart: number, cancelled?: () => boolean): Promise<boolean>
  /** A call that started at `startedAt` was throttled: the rate is halved once per burst, and `Retry-After` is obeyed. */
  throttled(startedAt: number, retryAfterMs?: number): void
  /** A call was answered: the rate grows back. */
  succeeded(): void
  /** Starts per second that are allowed now. */
  rate(): number
  /** How much longer Stytch asked us to wait, in ms; 0 when it didn't. */
  pausedForMs(): number
}

const MIN_PER_SECOND = 0.5
const GROWTH_PER_SUCCESS = 0.02
const MAX_NAP_MS = 250
const MAX_PAUSE_MS = 2000
const MAX_LAG_MS = 1000
const CATCH_UP_SHARE = 0.98
/** A second, and how much calls may bunch up on their way to Stytch. */
const WINDOW_MS = 1020

/**
 * A smooth limiter (GCRA): starts are spaced evenly, at 96 % of `perSecond` (1 or more). Starts that came late, or not at all
 * between two invocations, are caught up at 98 %. No second, plus 20 ms, holds more than `perSecond` starts, however late the
 * process wakes. A fixed window would let twice the rate through across its edge.
 */
export function createLimiter(deps: {
  perSecond: number
  now: () => number
  sleep: (ms: number) => Promise<void>
}): Limiter {
  const { perSecond, now, sleep } = deps
  const fullRate = perSecond * STEADY_SHARE
  const maxStarts = Math.floor(perSecond)
  const oneByOne = pLimit(1)
  const starts: number[] = []
  let started = 0
  let rate = fullRate
  // A predecessor that crashed may have called within the last interval.
  let due = now() + 1000 / fullRate
  let planned = 0
  let pausedUntil = 0
  let slowedAt = 0

  async function waitForStart(latestStart: number, cancelled: () => boolean): Promise<boolean> {
    for (;;) {
      const room = (starts[started % maxStarts] ?? 0) + WINDOW_MS
      const start = Math.max(
        due,
        planned + ((1000 / rate) * STEADY_SHARE) / CATCH_UP_SHARE,
        room,
        pausedUntil,
      )
      if (Math.max(now(), start) > latestStart || cancelled() || isLongPause()) return false
      if (start < now() + 1) return begin(start)
      await sleep(Math.min(Math.ceil(start - now()), MAX_NAP_MS))
    }
  }

  function begin(start: number): true {
    const spacing = 1000 / rate
    due = Math.max(due, now() - MAX_LAG_MS) + spacing
    planned = Math.max(start, now() - spacing / 2)
    starts[started++ % maxStarts] = now()
    return true
  }

  const isLongPause = () => pausedUntil - now() > MAX_PAUSE_MS

  return {
    acquire: (latestStart, cancelled = () => false) => oneByOne(waitForStart, latestStart, cancelled),
    throttled(startedAt, retryAfterMs = 0) {
      pausedUntil = Math.max(pausedUntil, now() + retryAfterMs)
      due = Math.max(due, pausedUntil)
      if (startedAt < slowedAt) return
      slowedAt = now()
      rate = Math.max(Math.min(fullRate, MIN_PER_SECOND), rate / 2)
    },
    succeeded() {
      rate = Math.min(fullRate, rate + fullRate * GROWTH_PER_SUCCESS)
    },
    rate: () => rate,
    pausedForMs: () => Math.max(0, pausedUntil - now()),
  }
}
