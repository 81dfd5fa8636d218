/** How far a clock may be ahead of ours. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000
/** A bare date ends up to a day after sending, and a clock may be ahead. */
const FURTHEST_BACK_MS = 24 * 60 * 60 * 1000 + CLOCK_TOLERANCE_MS

/**
 * The fence, as a timestamp: a password set after it can't be in this breach. A member whose recorded reset is at or after the
 * fence is covered. `sentAt` is the SentTimestamp of the message (ms since the epoch). The fence in a dead letter can only lower
 * it, so that a redrive keeps the fence of the first delivery. One that is further back than possible is ignored.
 */
export function computeFence(
  event: { time: string; fence?: string | undefined; data: { exposed_at?: string | undefined } },
  sentAt: number,
): string {
  const end = exposureEnd(event)
  const inherited = event.fence === undefined ? end : Date.parse(event.fence)
  const possible = end - inherited <= FURTHEST_BACK_MS ? inherited : end
  return new Date(Math.min(end, sentAt, possible)).toISOString()
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * The latest moment (ms since the epoch) at which the credentials can have been captured.
 * A bare date means the end of that day in UTC, but not later than `time` when the source detected it on that very day.
 */
export function exposureEnd(event: { time: string; data: { exposed_at?: string | undefined } }): number {
  const detectedAt = Date.parse(event.time)
  const exposedAt = event.data.exposed_at
  if (exposedAt === undefined) return detectedAt
  const start = Date.parse(exposedAt)
  if (exposedAt.includes('T')) return start
  const endOfDay = start + DAY_MS - 1
  return start <= detectedAt && detectedAt <= endOfDay ? detectedAt : endOfDay
}

/** Whether `expirytime` has passed: then an event resets nobody. `now` in ms since the epoch. */
export function isExpired(event: { expirytime?: string | undefined }, now: number): boolean {
  return event.expirytime !== undefined && Date.parse(event.expirytime) < now
}
