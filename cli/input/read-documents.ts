import type { ParsedJson } from '../../lib/contract/parse-json.ts'
import { createFindLine } from './create-find-line.ts'
import type { Fault } from './input.ts'
import { splitDocuments } from './split-documents.ts'
import { toSyntaxFault } from './to-syntax-fault.ts'

/** What a JSON text in an input holds, and what finds the line of the input that a field of it is on. */
type ReadDocument = { value: unknown; lineOf: (field: string) => number }

/** Goes through the JSON texts of an input. What `parse` rejects is added to the faults. */
export function* readDocuments(
  input: string,
  parse: (text: string) => ParsedJson,
  faults: Fault[],
): Generator<ReadDocument> {
  for (const document of splitDocuments(input)) {
    const parsed = parse(document.text)
    if (parsed.kind === 'rejected') {
      faults.push(toSyntaxFault(parsed.rejection, document))
      continue
    }
    const findLine = createFindLine(document.text)
    yield { value: parsed.value, lineOf: (field) => document.line + findLine(field) - 1 }
  }
}
