import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { exposureEnd } from '../../lib/contract/fence.ts'
import { adapters } from '../../lib/producer/adapters/adapters.ts'
import type { Problem } from '../../lib/producer/check-event.ts'
import { type FlagValues, UsageError } from '../terminal.ts'
import { readCsv } from './csv.ts'
import { readJson, readVendor } from './json.ts'
import { count } from './show.ts'

/** Something of an input that can't be sent. `line`: counted from 1. `event`: the id of the event it is in, where no line can tell. */
export type Fault = Problem & { line?: number | undefined; event?: string | undefined }

/** Something that is worth knowing and keeps nothing from being sent. Never holds a value. */
export type Note = { line?: number | undefined; text: string }

/**
 * What an input holds: the events to send, cut to the limit, and what is in none of them. `time`: of a list of members, when it
 * was made.
 */
export type Input = { events: BreachEvent[]; faults: Fault[]; notes: Note[]; time?: string }

/** What all members of a CSV file have in common, as it was typed; `time` may come from the file. */
export type ListOptions = {
  source: string
  id: string | undefined
  time: string | undefined
  expirytime: string | undefined
  correlationid: string | undefined
  reason: string | undefined
  exposedAt: string | undefined
  breach: string | undefined
  severity: string | undefined
  mode: string | undefined
}

/** Reads a file, or `stdin`, by the options. Throws a UsageError when it can't be used. `now` in ms since the epoch. */
export async function loadInput(options: InputOptions, stdin: Readable, now: number): Promise<Input> {
  const text = await readText(options.file, stdin)
  if (text.text.trim() === '') throw new UsageError('there is nothing in it')
  return dropRepeats(readInput(text, options, now))
}

/** Reads events from a text by the options. Throws a UsageError when text and options don't go together. `now` in ms since the epoch. */
export function readInput(
  { text, modifiedAt = Number.POSITIVE_INFINITY }: Text,
  { vendor, list, hasList, maxMembersPerEvent }: InputOptions,
  now: number,
): Input {
  const options = { maxMembersPerEvent, now }
  const isJson = /^\uFEFF?\s*[[{]/.test(text)
  if (hasList && (vendor || isJson))
    throw new UsageError('--reason and the like are for CSV: events say it themselves')
  if (vendor) return readVendor(text, adapters[vendor], options)
  if (isJson) return readJson(text, options)
  const { time = new Date(Math.min(modifiedAt, now)).toISOString() } = list
  checkList(list, time, now)
  return readCsv(text, { ...list, time }, options)
}

function checkList(list: ListOptions, time: string, now: number): void {
  const { reason, exposedAt: exposed_at, breach } = list
  if (reason === undefined || exposed_at === undefined)
    throw new UsageError('--reason and --exposed-at: a list in CSV needs them')
  if (breach !== undefined && !/^[^:]+:./.test(breach))
    throw new UsageError('--breach: must be a catalog, a colon and an id')
  // Each sending would have a later fence, and reset everybody again.
  if (exposureEnd({ time, data: { exposed_at } }) > now || endsWithToday(exposed_at, now))
    throw new UsageError('--exposed-at: must be over; on the day itself give a timestamp')
}

function endsWithToday(exposedAt: string, now: number): boolean {
  return exposedAt === new Date(now).toISOString().slice(0, 10)
}

/** `modifiedAt`: when the file was written last, in ms since the epoch; undefined for standard input. */
type Text = { text: string; modifiedAt: number | undefined }

/** Reads a file, or `stdin` for `-`. Throws a UsageError when there is no UTF-8 text to read. */
async function readText(file: string, stdin: Readable): Promise<Text> {
  const isFile = file !== '-'
  const name = isFile ? file : 'standard input'
  const bytes = await (isFile ? readFile(file) : buffer(stdin)).catch(() => undefined)
  if (bytes === undefined) throw new UsageError(`${name}: can't be read`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, modifiedAt: isFile ? (await stat(file)).mtimeMs : undefined }
  } catch {
    throw new UsageError(`${name}: is not UTF-8 text`)
  }
}

/** Leaves out events that are in an input a second time, in every word: sent together, they would call the same people twice. */
function dropRepeats(input: Input): Input {
  const seen = new Set<string>()
  const isNew = (event: BreachEvent) => {
    const hash = createHash('sha256').update(JSON.stringify(event)).digest('hex')
    return !seen.has(hash) && seen.add(hash).size > 0
  }
  const events = input.events.filter(isNew)
  const repeats = input.events.length - events.length
  if (repeats === 0) return input
  const text = `${count(repeats, 'event')} left out: in it a second time`
  return { ...input, events, notes: [...input.notes, { text }] }
}

type Vendor = keyof typeof adapters & string

/** What to read and how. `list`: for CSV only, whose rows say nothing but who. */
export type InputOptions = {
  file: string
  vendor: Vendor | undefined
  list: ListOptions
  hasList: boolean
  maxMembersPerEvent: number
}

/** The options, in node:util's terms, of every command that reads events. */
export const INPUT_FLAGS = {
  from: { type: 'string' },
  reason: { type: 'string' },
  'exposed-at': { type: 'string' },
  breach: { type: 'string' },
  severity: { type: 'string' },
  mode: { type: 'string' },
  source: { type: 'string' },
  id: { type: 'string' },
  time: { type: 'string' },
  expirytime: { type: 'string' },
  correlationid: { type: 'string' },
  'members-per-event': { type: 'string' },
} as const

const LIST_FLAGS = [
  ...(['reason', 'exposed-at', 'breach', 'severity', 'mode', 'source', 'id', 'time'] as const),
  ...(['expirytime', 'correlationid'] as const),
]

/** Parses the arguments that say what to read. Throws a UsageError when they can't be used. */
export function parseInputOptions(
  values: FlagValues<typeof INPUT_FLAGS>,
  positionals: readonly string[],
): InputOptions {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new UsageError('give one file, or - for standard input')
  const { from: vendor, 'members-per-event': most = '1000' } = values
  if (vendor !== undefined && !isVendor(vendor)) throw new UsageError(`--from: must be ${vendorNames()}`)
  if (!/^([1-9]\d{0,3}|10000)$/.test(most))
    throw new UsageError('--members-per-event: must be a whole number from 1 to 10000')
  const { source = 'urn:breach-reset:list', 'exposed-at': exposedAt, id, time, reason } = values
  const { expirytime, correlationid, breach, severity, mode } = values
  return {
    file,
    vendor,
    list: { source, id, time, expirytime, correlationid, reason, exposedAt, breach, severity, mode },
    hasList: LIST_FLAGS.some((flag) => values[flag] !== undefined),
    maxMembersPerEvent: Number(most),
  }
}

function isVendor(name: string): name is Vendor {
  return Object.hasOwn(adapters, name)
}

function vendorNames(): string {
  return Object.keys(adapters).join(', ')
}

/** What commands that read events read, and the options that say how. */
export const INPUT_USAGE = `
  reads breach events: in JSON one or a list, in NDJSON one on each line (docs/contract.md);
        a list of members: CSV with a column email_address or email, and, if you are sure of them, organization_id and member_id;
        with --from, what a vendor gives: ${Object.keys(adapters).join(', ')}.
  - is standard input. A list that is longer than --members-per-event is cut into several events.

  --from VENDOR          reads the vendor's JSON; examples are in docs/examples/vendors
  --reason REASON        for CSV, needed: third_party_breach, infostealer, phished, combolist, internal_incident or manual
  --exposed-at WHEN      for CSV, needed: the latest moment the passwords can have been captured, a date or a timestamp; whoever
                         was reset since is not reset again
  --breach CATALOG:ID    for CSV: which breach, such as hibp:ExampleForum2026
  --severity, --mode     for CSV: low, medium, high or critical; enforce or dry_run
  --source, --id         for CSV: how the events are named, unless urn:breach-reset:list and list-<time>
  --time TIMESTAMP       for CSV: when the list was made; unless given, when the file was written, so that sending it again repeats it
  --expirytime, --correlationid  for CSV: a timestamp past which nobody is reset; your ticket
  --members-per-event N  the stage's maxMembersPerEvent, 1000 unless given`
