export type Limiter = {
  /**
   * Waits for the next start that the rate allows and resolves to true. Resolves to false when that start would be later
   * than `latestStart` (ms since the epoch), or within a quarter of a second after `cancelled` says so or Stytch asked for a
   * pause of more than two seconds: that is for the queue to wait.
   */
  acquire(latestStart: number, cancelled?: () => boolean): Promise<boolean>
  /** A call that started at `startedAt` was throttled: the rate is halved once per burst, and `Retry-After` is obeyed. */
  throttled(startedAt: number, retryAfterMs?: number): void
  /** A call was answered: the rate grows back. */
  succeeded(): void
  /** Starts per second that are allowed now. */
  rate(): number
  /** How long Stytch asked us to wait still, in ms; 0 when it didn't. */
  pausedForMs(): number
}

const SLOWEST_PER_SECOND = 0.5
const GROWTH_PER_SUCCESS = 0.02
const LONGEST_NAP_MS = 250
const LONGEST_PAUSE_MS = 2000

/**
 * A smooth limiter (GCRA without a burst): starts are spaced evenly, so no second holds more than `perSecond` + 1 of them.
 * A windowed limiter would let twice the rate through across the edge of a window.
 */
export function createLimiter(deps: {
  perSecond: number
  now: () => number
  sleep: (ms: number) => Promise<void>
}): Limiter {
  const { perSecond, now, sleep } = deps
  let rate = perSecond
  let nextStart = 0
  let pausedUntil = 0
  let slowedAt = 0

  async function acquire(latestStart: number, cancelled = () => false): Promise<boolean> {
    for (;;) {
      const start = Math.max(now(), nextStart, pausedUntil)
      if (start > latestStart || isLongPause()) return false
      nextStart = start + 1000 / rate
      for (let wait = start - now(); wait > 0; wait = start - now()) {
        await sleep(Math.min(wait, LONGEST_NAP_MS))
        if (cancelled() || isLongPause()) {
          nextStart = Math.min(nextStart, start)
          return false
        }
      }
      if (now() >= pausedUntil) return true
    }
  }

  const isLongPause = () => pausedUntil - now() > LONGEST_PAUSE_MS

  return {
    acquire,
    throttled(startedAt, retryAfterMs = 0) {
      pausedUntil = Math.max(pausedUntil, now() + retryAfterMs)
      if (startedAt < slowedAt) return
      slowedAt = now()
      rate = Math.max(Math.min(perSecond, SLOWEST_PER_SECOND), rate / 2)
    },
    succeeded() {
      rate = Math.min(perSecond, rate + perSecond * GROWTH_PER_SUCCESS)
    },
    rate: () => rate,
    pausedForMs: () => Math.max(0, pausedUntil - now()),
  }
}
