const LONGEST_MS = 3_600_000

/**
 * Reads a Retry-After header (RFC 9110: seconds or an HTTP date) as ms from `now`; undefined when absent or unreadable.
 * At most an hour, which is when Stytch's longest windows end: a typo of theirs must not stop us for a year.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined
  const date = /GMT$/.test(header.trim()) ? Date.parse(header) : Number.NaN
  const ms = seconds === undefined ? date - now : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_MS, Math.max(0, ms))
}
