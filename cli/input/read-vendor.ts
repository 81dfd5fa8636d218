import { parseJson } from '../../lib/contract/parse-json.ts'
import type { Adapter } from '../../lib/producer/adapters/adapter.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { toProblem } from '../../lib/producer/to-problem.ts'
import type { Input } from './input.ts'
import { readDocuments } from './read-documents.ts'

/** Reads what a vendor gives: one document in JSON, or one on each line. */
export function readVendor(
  input: string,
  adapt: Adapter,
  options: { maxMembersPerEvent: number; now: number },
): Input {
  const read: Input = { events: [], faults: [], notes: [] }
  for (const { value, lineOf } of readDocuments(input, parseJson, read.faults)) {
    const adapted = adapt(value)
    for (const { where, rule } of adapted.dropped)
      read.notes.push({ line: lineOf(where), text: `left out: ${rule}` })
    for (const { where, rule } of adapted.invalid)
      read.faults.push({ ...toProblem('invalid_event', rule), line: lineOf(where) })
    for (const event of adapted.events) {
      const { events, problems } = prepareEvent(event, options)
      for (const prepared of events) read.events.push(prepared)
      for (const problem of problems) read.faults.push({ ...problem, event: event.id })
    }
  }
  return read
}
