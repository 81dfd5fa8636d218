import { MemberSchema } from '../../lib/contract/member.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { createTextFinder } from './create-text-finder.ts'
import { readOutcomeLine } from './read-outcome-line.ts'
import { tellLine } from './tell-line.ts'

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
      if (outcome && outcome !== 'sent_on') outcomes++
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
