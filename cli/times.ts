/** Formats seconds for a reader, rounded: `40 s`, `12 min`, `2 h 5 min`, `3 days`. Clocks differ: never less than nothing. */
export function describeDuration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(Math.max(0, seconds))} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / (24 * 60))} days`
}

/** A moment, given in ms since the epoch or as a timestamp, for a reader: `2026-11-29 02:10:07 UTC`. */
export function describeMoment(at: number | string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return 'unknown'
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
