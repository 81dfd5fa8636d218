import type { SQSRecord } from 'aws-lambda'
import { checkBreachEvent } from '../../lib/contract/check-breach-event.ts'
import { checkMembers } from '../../lib/contract/check-members.ts'
import { computeFence } from '../../lib/contract/compute-fence.ts'
import { countDroppedKeys } from '../../lib/contract/count-dropped-keys.ts'
import { identifyEvent } from '../../lib/contract/identify-event.ts'
import { isExpired } from '../../lib/contract/is-expired.ts'
import { lowerMode } from '../../lib/contract/lower-mode.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'
import { brake } from './brake.ts'
import type { Config } from './config.ts'
import { createDeadLetter } from './dead-letter.ts'
import { createForward } from './forward-chunks.ts'
import { splitEvent } from './split-event.ts'

export type FanOutDeps = { config: Config; sendMessages: SendMessages; observe: Observe; now: () => number }

/**
 * Returns the record handler: unwrap, check, brake, split. It resolves when every member of the record is in a message
 * on the reset queue or on the dead-letter queue, and rejects when some could not be put there.
 */
export function createFanOutRecord(deps: FanOutDeps) {
  const { config, observe, now } = deps
  const deadLetter = createDeadLetter(deps)
  const forward = createForward(deps)

  return async function fanOutRecord(record: SQSRecord): Promise<void> {
    const unwrapped = unwrapEnvelopes(record.body)
    const checked = unwrapped.kind === 'parsed' ? checkBreachEvent(unwrapped.value, now()) : unwrapped
    if (checked.kind === 'rejected') {
      const identity = unwrapped.kind === 'parsed' ? identifyEvent(unwrapped.value) : undefined
      return deadLetter.whole(record.body, { ...checked.rejection, event: identity })
    }
    const event = {
      ...checked.event,
      fence: computeFence(checked.event, Number(record.attributes.SentTimestamp)),
    }
    if (unwrapped.kind === 'parsed') noteDroppedKeys(event, unwrapped.value)

    const refusal = isExpired(event, now())
      ? { code: 'expired', detail: 'expirytime: has passed' }
      : brake(event, config.maxMembersPerEvent)
    if (refusal)
      return deadLetter.whole(toMessageBody(event), { ...refusal, event }, event.data.members.length)

    const { members, invalid } = checkMembers(event.data.members)
    const { chunks, duplicates } = splitEvent(event, members, {
      mode: lowerMode(config.mode, event.data.mode),
      peoplePerChunk: config.membersPerMessage,
    })
    observe.measure('EventsAccepted', 1)
    observe.measure('MembersReceived', event.data.members.length)
    const refused = await forward(event, chunks)
    await deadLetter.members(event, invalid, refused)
    for (const { index } of duplicates) {
      observe.outcome({
        event_source: event.source,
        event_id: event.id,
        outcome: 'skipped',
        code: 'duplicate',
        member: index,
      })
    }
    observe.measure('MembersSkipped', duplicates.length)
  }

  function noteDroppedKeys(event: UncheckedBreachEvent, value: unknown): void {
    const dropped = countDroppedKeys(value)
    if (Object.keys(dropped).length === 0) return
    observe.note('unknown keys dropped', { event_source: event.source, event_id: event.id, keys: dropped })
  }
}
