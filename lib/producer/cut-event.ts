import type { BreachEvent } from '../contract/breach-event.ts'
import { groupByPerson } from '../contract/group-by-person.ts'
import type { Member } from '../contract/member.ts'
import { toMessageBody } from '../queue/to-message-body.ts'

/** Below SQS's 1 MiB: room for an envelope, and for the reason why fan-out may have to dead-letter it. */
const MOST_BYTES = 1_000_000

/**
 * Cuts an event into events of at most `maxMembers` rows that SQS takes. One that fits stays as it is; otherwise they
 * are named `<id>.1`, `<id>.2` and so on, and the same list is cut the same way again. All rows of one person stay together, so
 * that nobody is called by two messages at once.
 */
export function cutEvent(event: BreachEvent, maxMembers: number): BreachEvent[] {
  const bytesOf = (value: unknown) => Buffer.byteLength(toMessageBody(value))
  const room =
    MOST_BYTES - bytesOf({ ...event, id: `${event.id}.9999999`, data: { ...event.data, members: [] } })
  const parts: Member[][] = []
  let bytes = 0
  for (const rows of groupByPerson(event.data.members, (row) => row.email_address)) {
    const more = bytesOf(rows)
    const part = parts.at(-1)
    if (part && part.length + rows.length <= maxMembers && bytes + more <= room) {
      part.push(...rows)
      bytes += more
    } else {
      parts.push([...rows])
      bytes = more
    }
  }
  if (parts.length === 1) return [event]
  return parts.map((members, index) => ({
    ...event,
    id: `${event.id}.${index + 1}`,
    data: { ...event.data, members },
  }))
}
