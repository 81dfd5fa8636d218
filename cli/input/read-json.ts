import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { createFindLine } from './create-find-line.ts'
import type { Input } from './input.ts'
import { notesOf } from './notes-of.ts'
import { splitDocuments } from './split-documents.ts'
import { toSyntaxFault } from './to-syntax-fault.ts'

/** Reads breach events: one in JSON, in an envelope or not, or one on each line. */
export function readJson(input: string, options: { maxMembersPerEvent: number; now: number }): Input {
  const read: Input = { events: [], faults: [], notes: [] }
  for (const document of splitDocuments(input)) {
    const unwrapped = unwrapEnvelopes(document.text)
    if (unwrapped.kind === 'rejected') {
      read.faults.push(toSyntaxFault(unwrapped.rejection, document))
      continue
    }
    const { events, problems } = prepareEvent(unwrapped.value, options)
    const findLine = createFindLine(document.text)
    for (const event of events) read.events.push(event)
    for (const problem of problems)
      read.faults.push({ ...problem, line: document.line + findLine(problem.field) - 1 })
    for (const note of notesOf(unwrapped.value, events, options.now))
      read.notes.push({ line: document.line, text: note })
  }
  return read
}
