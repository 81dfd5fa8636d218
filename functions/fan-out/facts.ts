import type { Mode, ResetEvent, UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { nameRanges } from '../../lib/contract/ranges.ts'
import type { End, EventKey, Fact } from '../../lib/progress/fact.ts'
import type { Failure } from '../../lib/queue/dead-letter.ts'
import type { Run } from './run.ts'

/** What is not forwarded of an accepted event: rows by their place in the message, and people as the chunks that SQS refused. */
export type NotForwarded = {
  duplicates: readonly { index: number }[]
  invalid: readonly { index: number }[]
  unsendable: readonly ResetEvent[]
}

/**
 * That an event was accepted, and how those rows ended that are not forwarded. `sentAt` and `at` in ms since the epoch; `mode`: what stage,
 * source and event agree on.
 */
export function toAcceptedFact(
  event: UncheckedBreachEvent,
  { id: run, of, indices }: Run,
  { duplicates, invalid, unsendable }: NotForwarded,
  { sentAt, at, ...known }: { sentAt: number; at: number; mode: Mode; sender: string },
): Fact {
  const { exposed_at: exposedAt, reason, severity } = event.data
  const indexOf = ({ index }: { index: number }) => indices[index] ?? []
  const refused = unsendable.flatMap(({ data }) => data.members[0]?.row_index ?? [])
  return {
    ...toFact(event, run, at),
    ends: [
      ...duplicates.flatMap(indexOf).map(endedAs('skipped', 'duplicate')),
      ...invalid.flatMap(indexOf).map(endedAs('dead_lettered', 'invalid_member')),
      ...refused.map(endedAs('dead_lettered', 'unsendable')),
    ],
    accepted: {
      rows: nameAll(indices),
      time: event.time,
      sentAt: new Date(sentAt).toISOString(),
      correlationId: event.correlationid,
      ...{ exposedAt, reason, severity, of },
      ...known,
    },
  }
}

function endedAs(kind: End['kind'], code: string) {
  return (index: number): End => ({ index, kind, code })
}

/** That nothing of a message was taken. `run`: undefined if its rows could not be read. */
export function toRefusedFact(
  messageId: string,
  { code, detail, event, sender }: Failure,
  run: Run | undefined,
  at: number,
): Fact {
  const rows = nameAll(run?.indices ?? [])
  return { ...toFact(event, messageId, at), refused: { code, detail, rows, sender, of: run?.of } }
}

function toFact(event: EventKey | undefined, run: string, at: number): Fact {
  const key = event && { source: event.source, id: event.id }
  return { event: key, run, by: 'fan-out', at, ends: [], passedOn: [] }
}

function nameAll(indices: readonly (number | undefined)[]): string {
  return nameRanges(indices.filter((index) => index !== undefined))
}
