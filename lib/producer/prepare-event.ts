import type { BreachEvent } from '../contract/breach-event.ts'
import { checkEvent } from './check-event.ts'
import { cutEvent } from './cut-event.ts'
import type { Problem } from './problem.ts'

/** An id, a full stop and the number of a part of a list of ten million. */
const LONGEST_ID = 128 - 8

export type Prepared = { events: BreachEvent[]; problems: Problem[] }

/**
 * Makes of an event, which may have any number of members, the events to send. Those who are part of a problem are in none of them.
 * `maxMembersPerEvent`: the stage's limit, an event above which resets nobody. `now` in ms since the epoch.
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
  if (events.length < 2 || event.id.length <= LONGEST_ID) return { events, problems }
  const rule = `must have at most ${LONGEST_ID} characters in an event that is cut into several`
  return { events: [], problems: [...problems, { code: 'invalid_event', field: 'id', rule }] }
}
