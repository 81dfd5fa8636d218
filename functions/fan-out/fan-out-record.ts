import type { SQSRecord } from 'aws-lambda'
import type { ResetEvent, UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import {
  checkBreachEvent,
  checkMembers,
  type InvalidMember,
  identifyEvent,
} from '../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../lib/contract/fence.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { countDroppedKeys, dropUnknownKeys } from '../../lib/contract/unknown-keys.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { eventIdentity, type Observe } from '../../lib/observability/observe.ts'
import {
  createSendDeadLetters,
  type Failure,
  type SendDeadLetters,
  toDeadLetter,
} from '../../lib/queue/dead-letter.ts'
import { eventGroup, type SendMessages, toMessageBody } from '../../lib/queue/send-messages.ts'
import type { CountMembers } from '../../lib/quota/hourly-quota.ts'
import { createRefuse, findRule, lowerEvent } from './admit.ts'
import type { Config } from './config.ts'
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

/** Returns the two ways to the dead-letter queue: a whole body with one reason, or single members with one each. */
function createDeadLetter(deps: { send: SendDeadLetters; observe: Observe; now: () => number }) {
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

/** Returns the step that puts the chunks of an event on the reset queue. Resolves to those that SQS refused for good. */
function createForwardChunks(sendMessages: SendMessages, resetQueueUrl: string) {
  return async (event: UncheckedBreachEvent, chunks: readonly ResetEvent[]): Promise<ResetEvent[]> => {
    const groupId = eventGroup(event)
    const messages = new Map(chunks.map((chunk) => [{ body: toMessageBody(chunk), groupId }, chunk]))
    const { refused } = await sendMessages(resetQueueUrl, [...messages.keys()])
    return [...messages].filter(([message]) => refused.includes(message)).map(([, chunk]) => chunk)
  }
}
