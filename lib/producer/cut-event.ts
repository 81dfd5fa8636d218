import { type BreachEvent, MOST_MEMBERS } from '../contract/breach-event.ts'
import { groupByPerson } from '../contract/group-by-person.ts'
import type { Member } from '../contract/member.ts'
import { toMessageBody } from '../queue/to-message-body.ts'

/** Below SQS's 1 MiB: room for an envelope, and for the reason why fan-out may have to dead-letter it. */
const MOST_BYTES = 1_000_000

/**
 * Cuts an event into events of at most `maxMembers` rows that SQS takes. One that fits stays as it is; otherwise they
 * are named `<id>.1`, `<id>.2` and so on, and the same list is cut the same way again. All rows of one person stay together, so
 * that nobody is called by two messages at once; rows that repeat a person with the same ids go. `tooMany`: how many people have
 * more rows than fit into an event, and are in none.
 */
export function cutEvent(event: BreachEvent, maxMembers: number): { events: BreachEvent[]; tooMany: number } {
  const most = Math.min(maxMembers, MOST_MEMBERS)
  const bytesOf = (value: unknown) => Buffer.byteLength(toMessageBody(value))
  if (event.data.members.length <= most && bytesOf(event) <= MOST_BYTES)
    return { events: [event], tooMany: 0 }

  const room =
    MOST_BYTES - bytesOf({ ...event, id: `${event.id}.9999999`, data: { ...event.data, members: [] } })
  const parts: Member[][] = []
  let bytes = Number.POSITIVE_INFINITY
  let tooMany = 0
  for (const all of groupByPerson(event.data.members, (row) => row.email_address)) {
    const rows = distinct(all)
    const more = bytesOf(rows)
    const part = parts.at(-1)
    if (rows.length > most || more > room) tooMany++
    else if (part && part.length + rows.length <= most && bytes + more <= room) {
      for (const row of rows) part.push(row)
      bytes += more
    } else {
      parts.push(rows)
      bytes = more
    }
  }
  const named = (index: number) => (parts.length === 1 ? event.id : `${event.id}.${index + 1}`)
  const events = parts.map((members, index) => ({
    ...event,
    id: named(index),
    data: { ...event.data, members },
  }))
  return { events, tooMany }
}

function distinct(rows: readonly Member[]): Member[] {
  if (rows.length === 1) return [...rows]
  const met = new Set<string>()
  return rows.filter(({ organization_id, member_id }) => {
    const ids = JSON.stringify([organization_id, member_id])
    return !met.has(ids) && met.add(ids)
  })
}
