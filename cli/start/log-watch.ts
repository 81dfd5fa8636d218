import { MemberSchema, type UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import { type LogLine, parseLogLine } from '../../lib/observability/log-line.ts'

export type LogWatch = {
  onLog(line: string): void
  /** How many rows have an outcome of their reset so far. A deferred row has none yet. */
  outcomes(): number
  /** Whom fan-out or require-reset skipped and why, by `event id person`, since the last call of this. */
  takeSkips(): ReadonlyMap<string, string>
  /** With whom end-sessions is done: `ended`, or why they were skipped, by `event id person`, since the last call of this. */
  takeSessionEnds(): ReadonlyMap<string, string>
  lines(): number
  /** From now on calls `onEntry` with each outcome of a person, and when calling stops, as it is logged. */
  follow(onEntry: (entry: LogEntry) => void): void
  /** Log lines that hold anything like an e-mail address, or a malformed address of the events as it arrived. */
  leaks(): number
}

const END_SESSIONS = 'end-sessions'
const ADDRESS = /[^\s"]@[^\s"]+\.[^\s"]/

/** Reads the functions' log lines as they arrive. `events`: whose malformed addresses must not be logged. */
export function createLogWatch(events: Iterable<UncheckedBreachEvent>): LogWatch {
  const malformed: string[] = []
  for (const { data } of events) malformed.push(...data.members.flatMap(malformedAddress))
  const holdsMalformed = createTextFinder(malformed)
  let skips = new Map<string, string>()
  let sessionEnds = new Map<string, string>()
  let outcomes = 0
  let lines = 0
  let leaks = 0
  let onEntry: ((entry: LogEntry) => void) | undefined

  function countOutcome({ service, message, outcome, event_id, person, code = '' }: LogEntry): void {
    if (message !== 'member outcome' || outcome === undefined || outcome === 'deferred') return
    const key = `${event_id} ${person}`
    if (service === END_SESSIONS) {
      if (outcome === 'ended') sessionEnds.set(key, outcome)
      // Handled again after a crash, they are covered by what was logged already.
      if (outcome === 'skipped' && sessionEnds.get(key) !== 'ended') sessionEnds.set(key, code)
      return
    }
    outcomes++
    if (outcome === 'skipped' && person !== undefined) skips.set(key, code)
  }

  return {
    onLog(line) {
      lines++
      if ((line.includes('@') && ADDRESS.test(line)) || holdsMalformed(line)) leaks++
      const entry = parseLogEntry(line)
      if (!entry) return
      countOutcome(entry)
      onEntry?.(entry)
    },
    follow: (listener) => {
      onEntry = listener
    },
    outcomes: () => outcomes,
    takeSkips: () => {
      const taken = skips
      skips = new Map()
      return taken
    },
    takeSessionEnds: () => {
      const taken = sessionEnds
      sessionEnds = new Map()
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

const MESSAGES = ['member outcome', 'calling stopped'] as const

/** A log line about the outcome of a person, or about all who are left when calling stops. */
export type LogEntry = LogLine & { message: (typeof MESSAGES)[number] }

function parseLogEntry(line: string): LogEntry | undefined {
  if (!MESSAGES.some((message) => line.includes(message))) return undefined
  const parsed = parseLogLine(line)
  return MESSAGES.some((message) => message === parsed?.message) ? (parsed as LogEntry) : undefined
}

const BEGINNING = 4

/** Returns a function that says whether a line holds any of many texts, each of at least four characters. */
export function createTextFinder(texts: readonly string[]): (line: string) => boolean {
  const byBeginning = groupBy(texts, (text) => text.slice(0, BEGINNING))
  const beginnings = [...byBeginning.keys()]
  return (line) =>
    beginnings.some((beginning) => {
      for (let at = line.indexOf(beginning); at !== -1; at = line.indexOf(beginning, at + 1)) {
        if (byBeginning.get(beginning)?.some((text) => line.startsWith(text, at))) return true
      }
      return false
    })
}
