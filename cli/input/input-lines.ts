import { describeEvents } from './describe-events.ts'
import { droppedLines } from './dropped-lines.ts'
import { faultLines } from './fault-lines.ts'
import type { Input } from './input.ts'

/** An input in words: what is left out on purpose, what can't be sent, and what can. */
export function inputLines({ events, faults, dropped }: Input): string[] {
  const undated = events.filter(({ data }) => data.exposed_at === undefined).length
  return [
    ...droppedLines(dropped),
    ...faultLines(faults),
    ...(undated > 0
      ? [`${undated} without exposed_at: another source or a later time resets the same people again`]
      : []),
    faults.length === 0
      ? `valid: ${describeEvents(events)}`
      : `not valid: ${faults.length} problems; the rest is ${describeEvents(events)}`,
  ]
}
