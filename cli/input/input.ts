import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import type { Problem } from '../../lib/producer/check-event.ts'

/**
 * Something in an input that can't be sent. `line`: counted from 1. `lastLine`: of lines that were not read at all. `event`: the id of
 * its event, where the line is not known.
 */
export type Fault = Problem & {
  line?: number | undefined
  lastLine?: number | undefined
  event?: string | undefined
}

/** Something worth knowing that does not stop anything from being sent. `field`: its path, if the line is not enough. Never holds a value. */
export type Note = { line?: number | undefined; field?: string; text: string }

/**
 * What an input holds: the events to send, cut to the limit, and what is not in any of them. `time`: when a list of members was
 * made.
 */
export type Input = { events: BreachEvent[]; faults: Fault[]; notes: Note[]; time?: string }

/** An input in words: what is worth knowing, what can't be sent, and what can. */
export function inputLines({ events, faults, notes }: Input): string[] {
  const unread = countUnread(faults)
  const problems = `${count(faults.length, 'problem')}${unread > 0 ? `, ${count(unread, 'line')} not read` : ''}`
  const verdict = faults.length === 0 ? 'valid: ' : `not valid: ${problems}; the rest is `
  return [...noteLines(notes), ...faultLines(faults), `${verdict}${describeEvents(events)}`]
}

const MAX_FAULTS = 20

/** What can't be sent, one line each, and how many more there are. */
function faultLines(faults: readonly Fault[]): string[] {
  const lines = faults
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MAX_FAULTS)
    .map((fault) => `${whereOf(fault)}${fault.field}: ${fault.rule}`)
  return faults.length > MAX_FAULTS ? [...lines, `and ${faults.length - MAX_FAULTS} more`] : lines
}

/** How many lines were not read at all. */
function countUnread(faults: readonly Fault[]): number {
  return faults.reduce((sum, { line = 0, lastLine = line - 1 }) => sum + lastLine - line + 1, 0)
}

function whereOf({ line, lastLine = line, event }: Fault): string {
  if (line !== lastLine) return `lines ${line} to ${lastLine}: `
  if (line !== undefined) return `line ${line}: `
  return event === undefined ? '' : `event ${event}: `
}

const MAX_PLACES = 5

/** Notes in words, one line for each text, with the first paths, or lines of the input, that it is about. */
function noteLines(notes: readonly Note[]): string[] {
  return [...groupBy(notes, ({ text }) => text)].map(([text, alike]) => {
    const places = alike.flatMap(({ line, field }) => field ?? line ?? [])
    const more = places.length > MAX_PLACES ? ` and ${places.length - MAX_PLACES} more` : ''
    const unit = typeof places[0] === 'number' ? 'line ' : ''
    const where = places.length > 0 ? `${unit}${places.slice(0, MAX_PLACES).join(', ')}${more}: ` : ''
    return `note: ${where}${text}`
  })
}

/** Events counted in words: `2 events with 1500 members`. */
function describeEvents(events: readonly { data: { members: readonly unknown[] } }[]): string {
  return `${count(events.length, 'event')} with ${count(countMembers(events), 'member')}`
}

/** A number with its noun: `1 event`, `2 events`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** How many members the events have in total. */
function countMembers(events: readonly { data: { members: readonly unknown[] } }[]): number {
  return events.reduce((sum, { data }) => sum + data.members.length, 0)
}

/** An input as one object: how much can be sent, everything that can't, and what is worth knowing. */
export function toInputJson({ events, faults, notes }: Input) {
  return {
    valid: faults.length === 0,
    events: events.length,
    members: countMembers(events),
    unread_lines: countUnread(faults),
    faults,
    notes,
  }
}
