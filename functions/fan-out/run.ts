import * as z from 'zod'
import { RowIndexSchema, type UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'

/** What a message with an event is to those who follow it. `of`: the run whose dead letter it is. `indices`: of its rows in their event. */
export type Run = { id: string; of: string | undefined; indices: readonly (number | undefined)[] }

/** The rows of a dead letter have the indices that they say; a row without one is not followed. Those of any other event are counted. */
export function toRun(event: UncheckedBreachEvent, messageId: string): Run {
  const own = event.resetrun === undefined ? [] : event.data.members.map(ownIndexOf)
  return own.some((index) => index !== undefined)
    ? { id: messageId, of: event.resetrun, indices: own }
    : { id: messageId, of: undefined, indices: [...event.data.members.keys()] }
}

const MarkedRowSchema = z.object({ row_index: RowIndexSchema })

function ownIndexOf(row: unknown): number | undefined {
  return MarkedRowSchema.safeParse(row).data?.row_index
}

/** The event of a message that is refused, with its run: what is cut out of it later says where it comes from. */
export function withRun<Event extends UncheckedBreachEvent>(event: Event, { id, of }: Run): Event {
  return { ...(of === undefined ? withoutRun(event) : event), resetrun: id }
}

/** The event without what it says of an earlier run of its rows. */
export function withoutRun<Event extends UncheckedBreachEvent>(event: Event): Event {
  const members = event.data.members.map((row) => markRow(row, undefined))
  return { ...event, resetrun: undefined, data: { ...event.data, members } }
}

/** A row that need not be valid, with its index or without one, as it came otherwise. */
export function markRow(row: unknown, index: number | undefined): unknown {
  const isObject = typeof row === 'object' && row !== null && !Array.isArray(row)
  return isObject ? { ...row, row_index: index } : row
}
