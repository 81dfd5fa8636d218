import type { InvalidMember } from '../../lib/contract/check-members.ts'
import { groupByPerson } from '../../lib/contract/group-by-person.ts'
import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { eventIdentity } from '../../lib/observability/event-identity.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { SendDeadLetters } from '../../lib/queue/create-send-dead-letters.ts'
import { type Failure, toDeadLetter } from '../../lib/queue/to-dead-letter.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'

/** Returns the two ways to the dead-letter queue: a whole body with one reason, or single members with one each. */
export function createDeadLetter(deps: { send: SendDeadLetters; observe: Observe; now: () => number }) {
  const { send, observe, now } = deps

  async function whole(body: string, failure: Failure, members = 0): Promise<void> {
    const { code, detail, event } = failure
    observe.note('event dead-lettered', { code, detail, ...(event && eventIdentity(event)) })
    await send([toDeadLetter(body, failure, now())])
    observe.measure('EventsDeadLettered', 1)
    observe.measure('MembersDeadLettered', members)
  }

  async function members(
    event: UncheckedBreachEvent,
    invalid: readonly InvalidMember[],
    refused: readonly ResetEvent[],
  ): Promise<void> {
    const letterOf = (rows: readonly unknown[], code: string, detail: string) =>
      toDeadLetter(
        toMessageBody({ ...event, data: { ...event.data, members: rows } }),
        { code, detail, event },
        now(),
      )
    const unsendable = refused.flatMap(({ data }) => groupByPerson(data.members, (row) => row.email_address))
    await send([
      ...invalid.map(({ row, detail }) => letterOf([row], 'invalid_member', detail)),
      ...unsendable.map((rows) => letterOf(rows, 'unsendable', 'data.members: SQS refused the message')),
    ])
    observe.measure('MembersDeadLettered', invalid.length + unsendable.length)
    const identity = { ...eventIdentity(event), outcome: 'dead_lettered' } as const
    for (const { index } of invalid) observe.outcome({ ...identity, code: 'invalid_member', member: index })
    for (const _ of unsendable) observe.outcome({ ...identity, code: 'unsendable' })
  }

  return { whole, members }
}
