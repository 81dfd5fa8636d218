import { parseJson } from '../../lib/contract/parse-json.ts'
import type { Adapter, LeftOut } from '../../lib/producer/adapters/adapter.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { createFindLine } from './create-find-line.ts'
import { findSyntaxError } from './find-syntax-error.ts'
import type { Input } from './input.ts'
import { splitDocuments } from './split-documents.ts'

/** Reads what a vendor sends: one document in JSON, or one on each line. */
export function readVendor(
  input: string,
  adapt: Adapter,
  options: { maxMembersPerEvent: number; now: number },
): Input {
  const read: Input = { events: [], faults: [], dropped: [] }
  for (const { text, line } of splitDocuments(input)) {
    const parsed = parseJson(text)
    if (parsed.kind === 'rejected') {
      const { code, detail } = parsed.rejection
      const at = code === 'not_json' ? findSyntaxError(text) : 1
      read.faults.push({ line: line + at - 1, code, field: 'body', rule: detail.replace('body: ', '') })
      continue
    }
    const findLine = createFindLine(text)
    const locate = ({ where, rule }: LeftOut) => ({ line: line + findLine(where) - 1, rule })
    const adapted = adapt(parsed.value)
    read.dropped.push(...adapted.dropped.map(locate))
    for (const { line: at, rule } of adapted.invalid.map(locate)) {
      const [field = '', ...rest] = rule.split(': ')
      read.faults.push({ code: 'invalid_event', line: at, field, rule: rest.join(': ') })
    }
    for (const event of adapted.events) {
      const { events, problems } = prepareEvent(event, options)
      read.events.push(...events)
      read.faults.push(...problems.map((problem) => ({ ...problem, line })))
    }
  }
  return read
}
