import { type BreachEvent, MAX_MEMBERS, type Member } from '../contract/breach-event.ts'
import { groupByPerson } from '../contract/person.ts'
import { toMessageBody } from '../queue/send-messages.ts'
import { checkEvent, type Problem } from './check-event.ts'

/** Leaves room for a full stop and the number of a part of a list of ten million. */
const MAX_ID_LENGTH = 128 - 8

export type Prepared = { events: BreachEvent[]; problems: Problem[] }

/**
 * Turns an event with any number of members into the events to send. Members with a problem are left out of them.
 * `maxMembersPerEvent`: the stage's limit; an event above it resets nobody. `now` in ms since the epoch.
 */
export function prepareEvent(
  value: unknown,
  { maxMembersPerEvent, now }: { maxMembersPerEvent: number; now: number },
): Prepared {
  const { event, problems } = checkEvent(value, now)
  if (!event) return { events: [], problems }
  const { events, tooMany } = cutEvent(event, maxMembersPerEvent)
  if (tooMany > 0) {
    const rule = `must have no person with more rows than an event takes: ${tooMany} left out`
    problems.push({ code: 'over_limit', field: 'data.members', rule })
  }
  if (events.length < 2 || event.id.length <= MAX_ID_LENGTH) return { events, problems }
  const rule = `must have at most ${MAX_ID_LENGTH} characters in an event that is cut into several`
  return { events: [], problems: [...problems, { code: 'invalid_event', field: 'id', rule }] }
}

/** Below SQS's 1 MiB: leaves room for an envelope, and for the reason if fan-out has to dead-letter it. */
const MAX_BYTES = 1_000_000

/**
 * Cuts an event into events of at most `maxMembers` rows that SQS takes. An event that fits stays as it is; otherwise the parts are
 * named `<id>.1`, `<id>.2` and so on, and the same list is always cut the same way. All rows of a person stay together, so that
 * nobody is called for two messages at once; rows that repeat a person with the same ids are dropped. `tooMany`: how many people
 * have more rows than fit into an event, and are left out.
 */
function cutEvent(event: BreachEvent, maxMembers: number): { events: BreachEvent[]; tooMany: number } {
  const most = Math.min(maxMembers, MAX_MEMBERS)
  const bytesOf = (value: unknown) => Buffer.byteLength(toMessageBody(value))
  if (event.data.members.length <= most && bytesOf(event) <= MAX_BYTES) return { events: [event], tooMany: 0 }

  const room =
    MAX_BYTES - bytesOf({ ...event, id: `${event.id}.9999999`, data: { ...event.data, members: [] } })
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
