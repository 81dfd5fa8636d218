import type * as z from 'zod'
import type { BreachEvent } from '../../contract/breach-event.ts'
import { describeIssues } from '../../contract/describe-issues.ts'
import type { Adapted } from './adapter.ts'
import type { Located } from './records-of.ts'

/**
 * Adapts records one by one: what breaks the schema is invalid, and `toEvent` makes an event of the rest or says by which rule
 * it is dropped. Events that differ in nothing but their members become one.
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
  const alike = Map.groupBy(events, ({ data: { members: _, ...data }, ...event }) =>
    JSON.stringify([event, data]),
  )
  return [...alike.values()].flatMap((events) => {
    const members = events.flatMap(({ data }) => data.members)
    return events.slice(0, 1).map((event) => ({ ...event, data: { ...event.data, members } }))
  })
}
