import type { SQSRecord } from 'aws-lambda'
import { checkBreachEvent } from '../../lib/contract/check-breach-event.ts'
import { checkMembers } from '../../lib/contract/check-members.ts'
import { computeFence } from '../../lib/contract/compute-fence.ts'
import { countDroppedKeys } from '../../lib/contract/count-dropped-keys.ts'
import { dropUnknownKeys } from '../../lib/contract/drop-unknown-keys.ts'
import { identifyEvent } from '../../lib/contract/identify-event.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { eventIdentity } from '../../lib/observability/event-identity.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import { createSendDeadLetters } from '../../lib/queue/create-send-dead-letters.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'
import type { CountMembers } from '../../lib/quota/create-count-members.ts'
import type { Config } from './config.ts'
import { createRefuse } from './create-refuse.ts'
import { createDeadLetter } from './dead-letter.ts'
import { findRule } from './find-rule.ts'
import { createForwardChunks } from './forward-chunks.ts'
import { lowerEvent } from './lower-event.ts'
import { splitEvent } from './split-event.ts'

/**
 * Returns the record handler: unwrap, check, trust, brake, split. It resolves when every member of the record is in a message
 * on the reset queue or on the dead-letter queue, and rejects when some could not be put there.
 */
export function createFanOutRecord(deps: {
  config: Config
  sendMessages: SendMessages
  countMembers: CountMembers
  observe: Observe
  now: () => number
}) {
  const { config, sendMessages, countMembers, observe, now } = deps
  const send = createSendDeadLetters(sendMessages, config.deadLetterQueueUrl)
  const deadLetter = createDeadLetter({ send, observe, now })
  const forwardChunks = createForwardChunks(sendMessages, config.resetQueueUrl)
  const refuse = createRefuse({ config, countMembers, now })

  return async function fanOutRecord(record: SQSRecord): Promise<void> {
    const unwrapped = unwrapEnvelopes(record.body)
    if (unwrapped.kind === 'rejected') return deadLetter.whole(record.body, unwrapped.rejection)
    const checked = checkBreachEvent(unwrapped.value, now())
    if (checked.kind === 'rejected') {
      return deadLetter.whole(record.body, { ...checked.rejection, event: identifyEvent(unwrapped.value) })
    }
    const fence = computeFence(checked.event, Number(record.attributes.SentTimestamp))
    const event = { ...checked.event, fence }
    const droppedKeys = countDroppedKeys(unwrapped.value)
    if (Object.keys(droppedKeys).length > 0) {
      observe.note('unknown keys dropped', { ...eventIdentity(event), keys: droppedKeys })
    }

    const rule = findRule(event, config.sources)
    const refusal = await refuse(event, rule, record)
    if (refusal) {
      const body = toMessageBody(dropUnknownKeys(event))
      return deadLetter.whole(body, { ...refusal, event }, event.data.members.length)
    }
    const { members, invalid } = checkMembers(event.data.members)
    const { chunks, duplicates } = splitEvent(lowerEvent(event, rule), members, config)
    observe.measure('EventsAccepted', 1)
    observe.measure('MembersReceived', event.data.members.length)
    const refused = await forwardChunks(event, chunks)
    await deadLetter.members(event, invalid, refused)
    for (const { index } of duplicates) {
      observe.outcome({ ...eventIdentity(event), outcome: 'skipped', code: 'duplicate', member: index })
    }
    observe.measure('MembersSkipped', duplicates.length)
  }
}
