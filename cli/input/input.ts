import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import type { Problem } from '../../lib/producer/problem.ts'

/** Something of an input that can't be sent. `line`: counted from 1. `event`: the id of the event it is in, where no line can tell. */
export type Fault = Problem & { line?: number | undefined; event?: string | undefined }

/** Something that is worth knowing and keeps nothing from being sent. Never holds a value. */
export type Note = { line?: number | undefined; text: string }

/**
 * What an input holds: the events to send, cut to the limit, and what is in none of them. `time`: of a list of members, when it
 * was made.
 */
export type Input = { events: BreachEvent[]; faults: Fault[]; notes: Note[]; time?: string }

/** What all members of a CSV file have in common, as it was typed; `time` may come from the file. */
export type ListOptions = {
  source: string
  id: string | undefined
  time: string | undefined
  expirytime: string | undefined
  correlationid: string | undefined
  reason: string | undefined
  exposedAt: string | undefined
  breach: string | undefined
  severity: string | undefined
  mode: string | undefined
}
