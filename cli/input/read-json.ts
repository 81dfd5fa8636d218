import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { toProblem } from '../../lib/producer/to-problem.ts'
import { createFindLine } from './create-find-line.ts'
import { findSyntaxError } from './find-syntax-error.ts'
import type { Input } from './input.ts'
import { notesOf } from './notes-of.ts'
import { splitDocuments } from './split-documents.ts'

/** Reads breach events: one in JSON, in an envelope or not, or one on each line. */
export function readJson(input: string, options: { maxMembersPerEvent: number; now: number }): Input {
  const read: Input = { events: [], faults: [], notes: [] }
  for (const { text, line } of splitDocuments(input)) {
    const unwrapped = unwrapEnvelopes(text)
    if (unwrapped.kind === 'rejected') {
      const { code, detail } = unwrapped.rejection
      const at = code === 'not_json' ? findSyntaxError(text) : 1
      read.faults.push({ ...toProblem(code, detail), line: line + at - 1 })
      continue
    }
    const { events, problems } = prepareEvent(unwrapped.value, options)
    const findLine = createFindLine(text)
    for (const event of events) read.events.push(event)
    for (const problem of problems) read.faults.push({ ...problem, line: line + findLine(problem.field) - 1 })
    for (const note of notesOf(unwrapped.value, events, options.now)) read.notes.push({ line, text: note })
  }
  return read
}
