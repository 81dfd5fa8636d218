import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { createFindLine } from './create-find-line.ts'
import { findSyntaxError } from './find-syntax-error.ts'
import type { Input } from './input.ts'
import { splitDocuments } from './split-documents.ts'

/** Reads breach events: one in JSON, in an envelope or not, or one on each line. */
export function readJson(input: string, options: { maxMembersPerEvent: number; now: number }): Input {
  const read: Input = { events: [], faults: [], dropped: [] }
  for (const { text, line } of splitDocuments(input)) {
    const unwrapped = unwrapEnvelopes(text)
    if (unwrapped.kind === 'rejected') {
      const { code, detail } = unwrapped.rejection
      const [field = '', rule = ''] = detail.split(': ')
      const at = code === 'not_json' ? findSyntaxError(text) : 1
      read.faults.push({ line: line + at - 1, code, field, rule })
      continue
    }
    const { events, problems } = prepareEvent(unwrapped.value, options)
    const findLine = createFindLine(text)
    read.events.push(...events)
    read.faults.push(...problems.map((problem) => ({ ...problem, line: line + findLine(problem.field) - 1 })))
  }
  return read
}
