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
