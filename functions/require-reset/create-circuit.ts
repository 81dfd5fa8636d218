import type { LimitFunction } from 'p-limit'
import type { Stop } from './outcome.ts'

const SHORTEST_MS = 15_000
const LONGEST_MS = 120_000

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
  let pauseMs = SHORTEST_MS
  let openUntil = 0
  let reason = ''

  return {
    broke({ code }) {
      if (now() < openUntil) return
      openUntil = now() + pauseMs
      pauseMs = Math.min(LONGEST_MS, 2 * pauseMs)
      reason = code
      people.concurrency = 1
    },
    answered() {
      openUntil = 0
      pauseMs = SHORTEST_MS
      people.concurrency = concurrency
    },
    open() {
      const retryAfterMs = openUntil - now()
      return retryAfterMs > 0 ? { code: reason, delay: 'growing', retryAfterMs, untried: true } : undefined
    },
  }
}
