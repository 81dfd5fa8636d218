import { MemberSchema } from '../../lib/contract/member.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { type LoggedOutcome, readOutcomeLine } from './read-outcome-line.ts'
import { tellLine } from './tell-line.ts'

export type LogWatch = {
  onLog(line: string): void
  outcomes(): readonly LoggedOutcome[]
  lines(): number
  /** Has what becomes of events and people from now on told, one line each, as it is logged. */
  follow(tell: (line: string) => void): void
  /** Log lines that hold anything like an e-mail address, or a malformed address of the events as it came. */
  leaks(): number
}

const ADDRESS = /[^\s"]@[^\s"]+\.[^\s"]/

/** Reads the functions' log lines as they come. */
export function createLogWatch(events: readonly UncheckedBreachEvent[]): LogWatch {
  const malformed = events.flatMap(({ data }) => data.members).flatMap(malformedAddress)
  const outcomes: LoggedOutcome[] = []
  let lines = 0
  let leaks = 0
  let tell: ((line: string) => void) | undefined
  return {
    onLog(line) {
      lines++
      if (ADDRESS.test(line) || malformed.some((address) => line.includes(address))) leaks++
      const outcome = readOutcomeLine(line)
      if (outcome) outcomes.push(outcome)
      const told = tell && tellLine(line)
      if (told) tell?.(told)
    },
    follow: (listener) => {
      tell = listener
    },
    outcomes: () => outcomes,
    lines: () => lines,
    leaks: () => leaks,
  }
}

function malformedAddress(row: unknown): string[] {
  if (MemberSchema.safeParse(row).success || typeof row !== 'object' || row === null) return []
  const address = 'email_address' in row ? row.email_address : undefined
  return typeof address === 'string' && address.length > 3 ? [address] : []
}
