import * as z from 'zod'
import { MemberSchema, type UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'

export type LogWatch = {
  onLog(line: string): void
  /** How many rows have an outcome so far; being sent on is none. */
  outcomes(): number
  /** Who was skipped and why, by `event id person`, since this was asked last. */
  takeSkips(): ReadonlyMap<string, string>
  lines(): number
  /** Has what becomes of events and people from now on told, one line each, as it is logged. */
  follow(tell: (line: string) => void): void
  /** Log lines that hold anything like an e-mail address, or a malformed address of the events as it came. */
  leaks(): number
}

const ADDRESS = /[^\s"]@[^\s"]+\.[^\s"]/

/** Reads the functions' log lines as they come. */
export function createLogWatch(events: Iterable<UncheckedBreachEvent>): LogWatch {
  const malformed: string[] = []
  for (const { data } of events) malformed.push(...data.members.flatMap(malformedAddress))
  const holdsMalformed = createTextFinder(malformed)
  let skips = new Map<string, string>()
  let outcomes = 0
  let lines = 0
  let leaks = 0
  let tell: ((line: string) => void) | undefined
  return {
    onLog(line) {
      lines++
      if ((line.includes('@') && ADDRESS.test(line)) || holdsMalformed(line)) leaks++
      const { outcome, event_id, person, code } = readOutcomeLine(line) ?? {}
      if (outcome && outcome !== 'deferred') outcomes++
      if (outcome === 'skipped' && person !== undefined && code !== undefined)
        skips.set(`${event_id} ${person}`, code)
      const told = tell && tellLine(line)
      if (told) tell?.(told)
    },
    follow: (listener) => {
      tell = listener
    },
    outcomes: () => outcomes,
    takeSkips: () => {
      const taken = skips
      skips = new Map()
      return taken
    },
    lines: () => lines,
    leaks: () => leaks,
  }
}

function malformedAddress(row: unknown): string[] {
  if (MemberSchema.safeParse(row).success || typeof row !== 'object' || row === null) return []
  const address = 'email_address' in row ? row.email_address : undefined
  return typeof address === 'string' && address.length > 3 ? [address] : []
}

const LineSchema = z.object({
  message: z.literal('member outcome'),
  outcome: z.enum(['reset', 'skipped', 'dead_lettered', 'deferred']),
  code: z.string().default(''),
  person: z.string().optional(),
  event_id: z.string(),
})

type LoggedOutcome = z.infer<typeof LineSchema>

/** The member outcome in a log line of the functions, if it is one. A process that is killed may leave half a line. */
function readOutcomeLine(line: string): LoggedOutcome | undefined {
  if (!line.includes('"member outcome"')) return undefined
  const json = parseJson(line)
  return json.kind === 'parsed' ? LineSchema.safeParse(json.value).data : undefined
}

const TellLineLineSchema = z.object({
  message: z.enum(['member outcome', 'event dead-lettered', 'calling stopped']),
  event_id: z.string().optional(),
  person: z.string().optional(),
  member: z.number().optional(),
  outcome: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
})

/** A log line of the functions in short, if it tells what became of an event or a person. */
function tellLine(line: string): string | undefined {
  const json = parseJson(line)
  const { data } = TellLineLineSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  if (!data) return undefined
  const who = data.person
    ? `person ${data.person.slice(0, 12)}`
    : data.member === undefined
      ? ''
      : `row ${data.member}`
  const words = [
    data.outcome ?? data.message,
    data.code,
    who,
    data.event_id && `of ${data.event_id}`,
    data.detail,
  ]
  return `  ${words.filter(Boolean).join('  ')}`
}

const BEGINNING = 4

/** Returns whether a line holds any of so many texts, each of at least four characters. */
export function createTextFinder(texts: readonly string[]): (line: string) => boolean {
  const byBeginning = Map.groupBy(texts, (text) => text.slice(0, BEGINNING))
  const beginnings = [...byBeginning.keys()]
  return (line) =>
    beginnings.some((beginning) => {
      for (let at = line.indexOf(beginning); at !== -1; at = line.indexOf(beginning, at + 1)) {
        if (byBeginning.get(beginning)?.some((text) => line.startsWith(text, at))) return true
      }
      return false
    })
}
