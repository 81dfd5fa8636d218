import type * as z from 'zod'
import { BREACH_EVENT_TYPE, type BreachEvent, BreachEventSchema } from '../../contract/breach-event.ts'
import { describeIssues } from '../../contract/check-breach-event.ts'
import { IMPLAUSIBLE_RULE, isImplausible } from '../../contract/implausible.ts'
import { groupBy } from '../../flow/node-20.ts'

/** `where`: the path in the vendor's document, such as `results.3`. `rule`: field and rule, never a value. */
type LeftOut = { where: string; rule: string }

/** Each record of a document is in an event, dropped on purpose, or invalid. */
export type Adapted = { events: BreachEvent[]; dropped: LeftOut[]; invalid: LeftOut[] }

/**
 * Turns what a vendor's API or webhook gives, parsed from JSON, into breach events. It has no clock, no I/O and no options: the same
 * record gives the same event in every poll. An event may name more than 10,000 members: the sender cuts it.
 * A document of another shape is one `invalid` with an empty `where`.
 */
export type Adapter = (document: unknown) => Adapted

/** A vendor's record with its path in the document. */
type Located = readonly [where: string, record: unknown]

/** The records of a list, or the only record; `parent` is the path of either in the document. */
export function recordsOf(value: unknown, parent: readonly PropertyKey[] = []): Located[] {
  if (!Array.isArray(value)) return [[parent.join('.'), value]]
  return value.map((record, index) => [[...parent, index].join('.'), record])
}

/** A moment that a vendor names. */
export const VendorTimeSchema = BreachEventSchema.shape.time.refine((moment) => !isImplausible(moment), {
  error: IMPLAUSIBLE_RULE,
})

/** An id may have 128 characters; the rest is for the numbers of the parts when the event is cut. */
export const MAX_ID_LENGTH = 116

/**
 * A breach event from a vendor's record. Its `source` is a constant: it names what put the event on the queue.
 * `id` comes from ids of the vendor, never from an e-mail address or its hash.
 */
export function vendorEvent(
  vendor: string,
  { id, time, data }: Pick<BreachEvent, 'id' | 'time' | 'data'>,
): BreachEvent {
  return {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: `urn:breach-reset:from:${vendor}`,
    id,
    time,
    data,
  }
}

/**
 * Adapts records one by one. A record that breaks the schema is invalid; of any other `toEvent` makes an event, or says by which
 * rule it is dropped. Events that differ only in their members become one.
 */
export function adaptRecords<Schema extends z.ZodType>(
  records: readonly Located[],
  schema: Schema,
  toEvent: (record: z.output<Schema>) => BreachEvent | { dropped: string },
): Adapted {
  const adapted: Adapted = { events: [], dropped: [], invalid: [] }
  for (const [where, record] of records) {
    const parsed = schema.safeParse(record)
    if (!parsed.success) {
      adapted.invalid.push({ where, rule: describeIssues(parsed.error, [], 'record') })
      continue
    }
    const event = toEvent(parsed.data)
    if ('dropped' in event) adapted.dropped.push({ where, rule: event.dropped })
    else adapted.events.push(event)
  }
  return { ...adapted, events: join(adapted.events) }
}

function join(events: readonly BreachEvent[]): BreachEvent[] {
  const alike = groupBy(events, ({ data: { members: _, ...data }, ...event }) =>
    JSON.stringify([event, data]),
  )
  return [...alike.values()].flatMap((events) => {
    const members = events.flatMap(({ data }) => data.members)
    return events.slice(0, 1).map((event) => ({ ...event, data: { ...event.data, members } }))
  })
}
