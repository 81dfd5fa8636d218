import type { ResetEvent, ResetMember } from '../../lib/contract/reset-event.ts'
import { LONGEST_DELAY_SECONDS, retryDelay } from '../../lib/flow/retry-delay.ts'
import { eventGroup } from '../../lib/queue/event-group.ts'
import type { OutgoingMessage } from '../../lib/queue/outgoing-message.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'
import { isUncertain } from './is-uncertain.ts'
import { namesIds } from './names-ids.ts'
import type { Outcome, Person, Stop } from './outcome.ts'

export type LeftOver = { person: Person; outcome: Extract<Outcome, { kind: 'left_over' }> }

/**
 * Turns who is left over into at most two smaller events: those whose turn never came go on at once,
 * the others after a delay that grows with the attempts, or a longer one that Stytch asked for.
 * Rows that have been tried and named nobody stay behind.
 */
export function toRemainders(
  event: ResetEvent,
  leftOver: readonly LeftOver[],
  { now, random }: { now: number; random: () => number },
): OutgoingMessage[] {
  const growing = retryDelay(event.attempts, random)
  const atOnce = leftOver.filter(({ outcome }) => outcome.stop.delay === 'none')
  const delayed = leftOver.filter(({ outcome }) => outcome.stop.delay !== 'none')
  const delaySeconds = Math.max(...delayed.map(({ outcome }) => delayOf(outcome.stop, growing)))
  return [
    ...(atOnce.length > 0 ? [remainder(atOnce, event.attempts, 0)] : []),
    ...(delayed.length > 0 ? [remainder(delayed, event.attempts + 1, delaySeconds)] : []),
  ]

  function remainder(people: readonly LeftOver[], attempts: number, delay: number): OutgoingMessage {
    const smaller: ResetEvent = {
      ...event,
      attempts,
      firsttriedat: event.firsttriedat ?? new Date(now).toISOString(),
      data: { ...event.data, members: people.flatMap(rowsOf) },
    }
    return { body: toMessageBody(smaller), delaySeconds: delay, groupId: eventGroup(event) }
  }
}

function delayOf(stop: Stop, growing: number): number {
  if (stop.delay === 'longest') return LONGEST_DELAY_SECONDS
  if (stop.retryAfterMs === undefined) return growing
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(growing, Math.ceil(stop.retryAfterMs / 1000)))
}

function rowsOf({ person, outcome }: LeftOver): ResetMember[] {
  const { owed, tried = 0 } = outcome
  if (owed) return person.rows.slice(0, 1).map((row) => ({ ...row, owed }))
  const idstried = person.rows.slice(0, tried).some(namesIds)
  const uncertain = isUncertain({ person, outcome })
  return person.rows
    .slice(tried)
    .map((row) => ({ ...row, ...(idstried && { idstried }), ...(uncertain && { uncertain }) }))
}
