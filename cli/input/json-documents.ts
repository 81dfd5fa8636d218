import { type Node, type ParseError, parse, parseTree } from 'jsonc-parser'
import { parseJson, type Rejection } from '../../lib/contract/parse-json.ts'
import { toProblem } from '../../lib/producer/check-event.ts'
import type { Fault } from './input.ts'
import { type JsonText, splitJsonTexts } from './json-texts.ts'
import { createLocate, type Place, unlessTooDeep } from './locate.ts'
import { createPositionAt } from './position.ts'

/** A JSON text of an input, parsed, and a function that finds a path in it (createLocate). */
export type JsonDocument = { text: string; value: unknown; locate: (path: string) => Place }

/** Parses the JSON texts of an input. What can't be read is a fault. */
export function readDocuments(input: string): { documents: JsonDocument[]; faults: Fault[] } {
  const documents: JsonDocument[] = []
  const faults: Fault[] = []
  for (const text of splitJsonTexts(input)) {
    const parsed = parseJson(text.text)
    if (parsed.kind === 'rejected') faults.push(toFault(parsed.rejection, text))
    else documents.push({ text: text.text, value: parsed.value, locate: createLocate(text) })
  }
  return { documents, faults }
}

/** A rejection of a JSON text as a fault: the lines that are not read, and the place where it stops being JSON, or has a key again. */
function toFault({ code, detail }: Rejection, { text, start, lastLine }: JsonText): Fault {
  const { field, rule } = toProblem(code, detail)
  const offset = FINDERS[code]?.(text)
  const at = createPositionAt(text)(offset ?? 0)
  const line = start.line + at.line - 1
  const column = at.line === 1 ? start.column + at.column - 1 : at.column
  const place = offset === undefined ? '' : `: line ${line}, column ${column}`
  return { code, field, rule: `${rule}${place}`, line: start.line, lastLine }
}

const FINDERS: Record<string, (text: string) => number | undefined> = {
  not_json: findSyntaxError,
  duplicate_key: (text) => findRepeatedKey(parseTree(text))?.offset,
}

function findSyntaxError(text: string): number | undefined {
  const errors: ParseError[] = []
  unlessTooDeep(() => parse(text, errors, { disallowComments: true }))
  return errors[0]?.offset
}

/** The second of two equal keys in one object. */
function findRepeatedKey(node: Node | undefined): Node | undefined {
  const children = node?.children ?? []
  if (node?.type === 'object') {
    const met = new Set<unknown>()
    for (const { children: [key] = [] } of children) {
      if (met.has(key?.value)) return key
      met.add(key?.value)
    }
  }
  return children.map(findRepeatedKey).find((key) => key !== undefined)
}
