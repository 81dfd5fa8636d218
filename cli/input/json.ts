import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { exposureEnd } from '../../lib/contract/fence.ts'
import { placeRule } from '../../lib/contract/misplaced-limits.ts'
import { findAllMisplaced } from '../../lib/contract/read-breach-event.ts'
import { countDroppedKeys } from '../../lib/contract/unknown-keys.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { toProblem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { dropRepeats } from './drop-repeats.ts'
import { noteGuardedAddress } from './guarded-address.ts'
import { count, type Input } from './input.ts'
import { type JsonDocument, readDocuments } from './json-documents.ts'
import { explainDocument } from './vendor.ts'

type Options = { maxMembersPerEvent: number; now: number }

/** Reads breach events from JSON texts: each is an event, in an envelope or not, or a list of these. */
export function readJson(input: string, options: Options): Input {
  const { documents, faults } = readDocuments(input)
  const read: Input = { events: [], faults, notes: [] }
  for (const document of documents) {
    const { events, faults, notes } = readDocument(document, options)
    for (const event of events) read.events.push(event)
    for (const fault of faults) read.faults.push(fault)
    for (const note of notes) read.notes.push(note)
  }
  const once = dropRepeats(read)
  const text = describeForm(documents, once.events.length)
  return text === undefined ? once : { ...once, notes: [...once.notes, { text }] }
}

function readDocument(document: JsonDocument, options: Options): Input {
  const { value, text, locate } = document
  const bodies = Array.isArray(value)
    ? value.map((item, index) => [`${index}.`, JSON.stringify(item)] as const)
    : [['', text] as const]
  const read: Input = { events: [], faults: [], notes: [] }
  for (const [parent, body] of bodies) readBody(body, (path) => locate(`${parent}${path}`), options, read)

  const isForeign = read.events.length === 0 && read.faults.every(({ code }) => code === 'not_a_breach_event')
  const rule = isForeign ? explainDocument(value) : undefined
  if (rule === undefined) return read
  return { ...read, faults: [{ code: 'not_a_breach_event', ...locate('body'), rule }] }
}

/** Adds the events of a message body to those that are read, and what is wrong with it or worth knowing. */
function readBody(body: string, locate: JsonDocument['locate'], options: Options, read: Input): void {
  const unwrapped = unwrapEnvelopes(body)
  if (unwrapped.kind === 'rejected') {
    const { code, detail } = unwrapped.rejection
    const { field, rule } = toProblem(code, detail)
    read.faults.push({ code, ...locate(unwrapped.pathOf(field)), rule })
    return
  }
  const { value, pathOf } = unwrapped
  const misplaced = findAllMisplaced(unwrapped)
  for (const { field, place } of misplaced)
    read.faults.push({ code: 'misplaced_limit', ...locate(field), rule: placeRule(locate(place).field) })
  const { events, problems } = prepareEvent(value, options)
  for (const problem of problems)
    if (problem.code !== 'misplaced_limit') read.faults.push({ ...problem, ...locate(pathOf(problem.field)) })
  if (misplaced.length > 0) return
  for (const event of events) read.events.push(event)
  const { line } = locate('')
  for (const text of notesOf(value, events, options.now)) read.notes.push({ line, text })
}

/** How the events of an input will be on the queue, unless the input is the body of one message. */
function describeForm(documents: readonly JsonDocument[], messages: number): string | undefined {
  const [only] = documents
  if (messages === 0) return undefined
  const sent = `sent as ${count(messages, 'message')}`
  if (documents.length > 1)
    return `${documents.length} JSON texts: ${sent}; all of it together is not a message body`
  if (!Array.isArray(only?.value)) return undefined
  return `a list of ${count(only.value.length, 'event')}: ${sent}; the list itself is not a message body`
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
  const rows = events.flatMap(({ data }) => data.members)
  const guarded = rows.flatMap(({ email_address }) => noteGuardedAddress(email_address))
  return [...notes.flatMap(([holds, text]) => (holds ? [text] : [])), ...guarded.slice(0, 1)]
}
