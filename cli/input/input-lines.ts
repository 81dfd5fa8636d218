import { count } from './count.ts'
import { describeEvents } from './describe-events.ts'
import { faultLines } from './fault-lines.ts'
import type { Input } from './input.ts'
import { noteLines } from './note-lines.ts'

/** An input in words: what is worth knowing, what can't be sent, and what can. */
export function inputLines({ events, faults, notes }: Input): string[] {
  const verdict =
    faults.length === 0 ? 'valid: ' : `not valid: ${count(faults.length, 'problem')}; the rest is `
  return [...noteLines(notes), ...faultLines(faults), `${verdict}${describeEvents(events)}`]
}
