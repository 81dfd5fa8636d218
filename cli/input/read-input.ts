import type { Readable } from 'node:stream'
import { exposureEnd } from '../../lib/contract/fence.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { UsageError } from '../terminal.ts'
import { readCsv } from './csv.ts'
import type { Input } from './input.ts'
import { readJson } from './json.ts'
import type { InputOptions, ListOptions } from './options.ts'
import { readText, type Text } from './read-text.ts'
import { readVendor } from './vendor.ts'

/** Reads a file, or `stdin`, by the options. Throws a UsageError when it can't be used. `now` in ms since the epoch. */
export async function loadInput(options: InputOptions, stdin: Readable, now: number): Promise<Input> {
  const breaches = options.search && (await readBreaches(options.search.breaches))
  return readInput(await readText(options.file, stdin), options, now, breaches)
}

/** Reads the models of breaches that Have I Been Pwned gives, all or one. Throws a UsageError when they can't be read. */
async function readBreaches(file: string): Promise<unknown[]> {
  const { text } = await readText(file, undefined, '--breaches')
  const parsed = parseJson(text)
  const models = parsed.kind === 'parsed' ? [parsed.value].flat() : []
  if (models.some((model) => typeof model === 'object' && model !== null && 'Name' in model)) return models
  throw new UsageError('--breaches: must be a file with what GET /breaches gives')
}

/**
 * Reads events from a text by the options. `breaches`: the models in the file that they name. Throws a UsageError when text and
 * options don't go together. `now` in ms since the epoch.
 */
export function readInput(
  { text, modifiedAt = Number.POSITIVE_INFINITY }: Text,
  { vendor, search, list, hasList, maxMembersPerEvent }: InputOptions,
  now: number,
  breaches: readonly unknown[] = [],
): Input {
  const options = { maxMembersPerEvent, now }
  const isJson = /^\s*[[{]/.test(text)
  if (hasList && (vendor || isJson))
    throw new UsageError('--reason and the like are for CSV: events say it themselves')
  if (vendor) return readVendor(text, { vendor, search: search && { ...search, breaches } }, options)
  if (isJson) return readJson(text, options)
  const { time = new Date(Math.min(modifiedAt, now)).toISOString() } = list
  checkList(list, time, now)
  const input = readCsv(text, { ...list, time }, options)
  const unusable = input.faults.find(({ field }) => field.startsWith('--'))
  if (unusable) throw new UsageError(`${unusable.field}: ${unusable.rule}`)
  return input
}

function checkList(list: ListOptions, time: string, now: number): void {
  const { reason, exposedAt: exposed_at, breach } = list
  if (reason === undefined || exposed_at === undefined)
    throw new UsageError(
      '--reason and --exposed-at: a list in CSV needs both, such as --reason infostealer --exposed-at 2026-11-18; what does not begin with { or [ is a list',
    )
  if (breach !== undefined && !/^[^:]+:./.test(breach))
    throw new UsageError('--breach: must be a catalog, a colon and an id')
  if (exposureEnd({ time, data: { exposed_at } }) > now)
    throw new UsageError('--exposed-at: must not be in the future: a date means the end of that day')
  // The moment the list was made would decide who is covered: that of a copy, or of another sending, resets people again.
  if (list.time === undefined && exposed_at === time.slice(0, DATE_LENGTH))
    throw new UsageError(
      '--exposed-at: is the day on which the list was made; give a timestamp, or --time too',
    )
}

const DATE_LENGTH = '2026-11-18'.length
