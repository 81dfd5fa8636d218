import { adapters } from '../../lib/producer/adapters/adapters.ts'
import { toProblem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { dropRepeats } from './drop-repeats.ts'
import type { Input, Note } from './input.ts'
import { type JsonDocument, readDocuments } from './json-documents.ts'
import type { Place } from './locate.ts'

export type Vendor = keyof typeof adapters & string

export const VENDORS = Object.keys(adapters) as Vendor[]

/** Reads what a vendor gives: JSON texts, each of which is a document. */
export function readVendor(
  input: string,
  vendor: Vendor,
  options: { maxMembersPerEvent: number; now: number },
): Input {
  const { documents, faults } = readDocuments(input)
  const read: Input = { events: [], faults, notes: [] }
  for (const document of documents) {
    const adapted = readDocument(document, vendor)
    for (const note of adapted.notes) read.notes.push(note)
    for (const fault of adapted.faults) read.faults.push(fault)
    for (const event of adapted.events) {
      const { events, problems } = prepareEvent(event, options)
      for (const prepared of events) read.events.push(prepared)
      for (const problem of problems) read.faults.push({ ...problem, event: event.id })
    }
  }
  return dropRepeats(read)
}

function readDocument({ value, locate }: JsonDocument, vendor: Vendor): Input {
  const { events, dropped, invalid } = adapters[vendor](value)
  return {
    events,
    faults: invalid.map(({ where, rule }) => {
      const problem = toProblem('invalid_event', rule)
      return { ...problem, ...locate([where, problem.field].filter(Boolean).join('.')) }
    }),
    notes: dropped.map(({ where, rule }) => ({ ...toNotePlace(locate(where)), text: `left out: ${rule}` })),
  }
}

function toNotePlace({ line, field }: Place): Pick<Note, 'line' | 'field'> {
  return field === '' ? { line } : { line, field }
}
