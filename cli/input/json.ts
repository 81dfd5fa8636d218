import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parse, parseTree } from 'jsonc-parser'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import type { Rejection } from '../../lib/contract/check-breach-event.ts'
import { exposureEnd } from '../../lib/contract/fence.ts'
import { type ParsedJson, parseJson } from '../../lib/contract/parse-json.ts'
import { countDroppedKeys } from '../../lib/contract/unknown-keys.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import type { Adapter } from '../../lib/producer/adapters/adapter.ts'
import { toProblem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import type { Fault, Input } from './input.ts'

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

/** The events of a list, or the only one, each with the prefix that the paths of its fields have. */
function eventsIn(value: unknown): [event: unknown, parent: string][] {
  return Array.isArray(value) ? value.map((event, index) => [event, `${index}.`]) : [[value, '']]
}

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

/** A parsed JSON text of an input, and a function that finds the line of the input on which a field of it is. */
type ReadDocument = { value: unknown; lineOf: (field: string) => number }

/** Parses the JSON texts of an input. What `parse` rejects is added to the faults. */
function* readDocuments(
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

/** A JSON text in an input, and the line on which it begins, from 1. */
type Document = { text: string; line: number }

/**
 * Splits an input into JSON texts: the whole, or its lines (NDJSON) if the whole is not JSON and more than one line begins an
 * object or a list at its margin.
 */
export function splitDocuments(input: string): Document[] {
  const text = input.replace(/^\uFEFF/, '')
  const lines = text.split('\n').map((line, index) => ({ text: line, line: index + 1 }))
  const isLines = lines.filter((line) => /^[[{]/.test(line.text)).length > 1 && !isJson(text)
  return isLines ? lines.filter((line) => line.text.trim() !== '') : [{ text, line: 1 }]
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Returns a function that finds the line, from 1, of a field of a JSON text by its path, such as `data.members.3.email_address`, or
 * of its nearest parent when it is missing. A number is a position in a list, or in an object in the order of Object.keys.
 */
function createFindLine(json: string): (field: string) => number {
  let parsed: { root: Node | undefined; lineAt: (offset: number) => number } | undefined
  const keys = new Map<Node, string[]>()

  function toSegment(node: Node, name: string): string | number {
    if (!/^\d+$/.test(name)) return name
    if (node.type !== 'object') return Number(name)
    const names = keys.get(node) ?? Object.keys(getNodeValue(node))
    keys.set(node, names)
    return names[Number(name)] ?? name
  }

  return (field) => {
    parsed ??= { root: parseTree(json), lineAt: createLineAt(json) }
    let node = parsed.root
    for (const name of field.split('.')) {
      const child = node && findNodeAtLocation(node, [toSegment(node, name)])
      if (!child) break
      node = child
    }
    return parsed.lineAt(node?.offset ?? 0)
  }
}

/** Returns a function that finds the line, from 1, of an offset in a text. */
function createLineAt(text: string): (offset: number) => number {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends.push(at)
  return (offset) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? offset) < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

/** A rejection of a whole document as a fault, on the line where the text stops being JSON, or where the document begins. */
function toSyntaxFault({ code, detail }: Rejection, { text, line }: Document): Fault {
  const errors: ParseError[] = []
  if (code === 'not_json') parse(text, errors, { disallowComments: true })
  const at = createLineAt(text)(errors[0]?.offset ?? 0)
  return { ...toProblem(code, detail), line: line + at - 1 }
}

/** What the sender of an event should know. `value`: as it came; `events`: as it will be sent. `now` in ms since the epoch. */
function notesOf(value: unknown, events: readonly BreachEvent[], now: number): string[] {
  const [event] = events
  if (!event) return []
  const unknown = Object.keys(countDroppedKeys(value))
  const notes: [boolean, string][] = [
    [
      event.data.exposed_at === undefined,
      'has no data.exposed_at: another source, or a later time, resets the same people again',
    ],
    [
      event.data.exposed_at !== undefined && exposureEnd(event) > now,
      'has a data.exposed_at that is not over: each sending resets the same people again',
    ],
    [event.fence !== undefined, 'has a fence, which only dead letters have'],
    [unknown.length > 0, `has keys that are not sent: ${unknown.join(', ')}`],
    [events.length > 1, `is sent as ${events.length} events; sent in another way, it is too large`],
  ]
  return notes.flatMap(([holds, text]) => (holds ? [text] : []))
}
