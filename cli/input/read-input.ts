import { exposureEnd } from '../../lib/contract/exposure-end.ts'
import { adapters } from '../../lib/producer/adapters/adapters.ts'
import type { Input, ListOptions } from './input.ts'
import type { InputOptions } from './parse-input-options.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import type { Text } from './read-text.ts'
import { readVendor } from './read-vendor.ts'

/** Reads what the options say from a text. Returns a sentence when text and options don't go together. `now` in ms since the epoch. */
export function readInput(
  { text, modifiedAt = Number.POSITIVE_INFINITY }: Text,
  { vendor, list, hasList, maxMembersPerEvent }: InputOptions,
  now: number,
): Input | { wrong: string } {
  const options = { maxMembersPerEvent, now }
  const isJson = /^\uFEFF?\s*[[{]/.test(text)
  if (hasList && (vendor || isJson))
    return { wrong: '--reason and the like are for CSV: events say it themselves' }
  if (vendor) return readVendor(text, adapters[vendor], options)
  if (isJson) return readJson(text, options)
  const { time = new Date(Math.min(modifiedAt, now)).toISOString() } = list
  return wrongList(list, time, now) ?? readCsv(text, { ...list, time }, options)
}

function wrongList(list: ListOptions, time: string, now: number): { wrong: string } | undefined {
  const { reason, exposedAt: exposed_at, breach } = list
  if (reason === undefined || exposed_at === undefined)
    return { wrong: '--reason and --exposed-at: a list in CSV needs them' }
  if (breach !== undefined && !/^[^:]+:./.test(breach))
    return { wrong: '--breach: must be a catalog, a colon and an id' }
  // Each sending would have a later fence, and reset everybody again.
  if (exposureEnd({ time, data: { exposed_at } }) > now || endsWithToday(exposed_at, now))
    return { wrong: '--exposed-at: must be over; on the day itself give a timestamp' }
  return undefined
}

function endsWithToday(exposedAt: string, now: number): boolean {
  return exposedAt === new Date(now).toISOString().slice(0, 10)
}
