import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import type { Input } from './input.ts'
import { notesOf } from './notes-of.ts'
import { readDocuments } from './read-documents.ts'

/** Reads breach events: one in JSON, in an envelope or not, a list of them, or one on each line. */
export function readJson(input: string, options: { maxMembersPerEvent: number; now: number }): Input {
  const read: Input = { events: [], faults: [], notes: [] }
  for (const document of readDocuments(input, unwrapEnvelopes, read.faults)) {
    for (const [value, parent] of eventsIn(document.value)) {
      const lineOf = (field: string) => document.lineOf(`${parent}${field}`)
      const { events, problems } = prepareEvent(value, options)
      for (const event of events) read.events.push(event)
      for (const problem of problems) read.faults.push({ ...problem, line: lineOf(problem.field) })
      for (const text of notesOf(value, events, options.now)) read.notes.push({ line: lineOf(''), text })
    }
  }
  return read
}

/** The events of a list, or the one that is no list, each with what stands before its fields in a path. */
function eventsIn(value: unknown): [event: unknown, parent: string][] {
  return Array.isArray(value) ? value.map((event, index) => [event, `${index}.`]) : [[value, '']]
}
