import { describeDuration } from '../duration.ts'

/** A moment, given in ms since the epoch or as a timestamp, for a reader: `2026-11-29 02:10:07 UTC`. */
export function describeMoment(at: number | string): string {
  return `${toText(at, 19)} UTC`
}

/** The same to the minute, for a column that names the time zone. */
export function describeMinute(at: number): string {
  return toText(at, 16)
}

function toText(at: number | string, length: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, length).replace('T', ' ')
}

/** How long something took, in ms. Clocks differ: it is never less than nothing. */
export function describeSpan(ms: number): string {
  return describeDuration(Math.max(0, ms) / 1000)
}
