import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Member, ResetEvent, UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { checkMembers, type InvalidMember } from '../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../lib/contract/fence.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import { dropUnknownKeys } from '../../lib/contract/unknown-keys.ts'
import { eventIdentity, type Observe } from '../../lib/observability/observe.ts'
import { type Failure, sendDeadLetters, toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import { eventGroup, type SendMessages, toMessageBody } from '../../lib/queue/send-messages.ts'
import type { ConsumeQuota } from '../../lib/quota/hourly-quota.ts'
import { admit } from './admit.ts'
import type { Config } from './config.ts'
import { describeInvalid, toRowLetters } from './dead-letter-rows.ts'
import { splitEvent } from './split-event.ts'

/** Settings of fan-out and every effect it has on the world. It remembers nothing between invocations. */
export type Environment = {
  config: Config
  sendMessages: SendMessages
  consumeQuota: ConsumeQuota
  observe: Observe
  now: () => number
}

/** Fans out every record of a batch. Returns the batch item failures. */
export function fanOutBatch(environment: Environment, event: SQSEvent): Promise<SQSBatchResponse> {
  return processBatch(event.Records, (record) => fanOutRecord(environment, record), environment.observe)
}

/**
 * Unwraps, checks, admits and splits the event of a record. Resolves when every member is in a message on the reset queue or on the
 * dead-letter queue. Rejects when some could not be put there.
 */
export async function fanOutRecord(environment: Environment, record: SQSRecord): Promise<void> {
  const { config, observe } = environment
  const sentAt = Number(record.attributes.SentTimestamp)
  const read = readBreachEvent(record.body, sentAt)
  if (read.kind === 'rejected')
    return deadLetterEvent(environment, record.body, { ...read.rejection, event: read.identity })
  const fence = computeFence(read.event, sentAt)
  const event = { ...read.event, fence }
  if (Object.keys(read.droppedKeys).length > 0) {
    observe.note('unknown keys dropped', { ...eventIdentity(event), keys: read.droppedKeys })
  }

  const admission = await admit(environment, event, record)
  if (admission.kind === 'denied') {
    const body = toMessageBody(dropUnknownKeys(event))
    return deadLetterEvent(environment, body, { ...admission.denial, event }, event.data.members.length)
  }
  const { members, invalid } = checkMembers(event.data.members)
  const { chunks, duplicates } = splitEvent(
    { ...admission.event, sentat: new Date(sentAt).toISOString() },
    members,
    config,
  )
  const refused = await sendChunks(environment, event, chunks)
  await deadLetterMembers(environment, event, invalid, refused)
  observe.measure('EventsAccepted', 1)
  observe.measure('MembersReceived', event.data.members.length)
  for (const { index } of duplicates) {
    observe.outcome({ ...eventIdentity(event), outcome: 'skipped', code: 'duplicate', member: index })
  }
  observe.measure('MembersSkipped', duplicates.length)
}

/** Dead-letters a whole body for one reason. */
async function deadLetterEvent(
  environment: Environment,
  body: string,
  failure: Failure,
  members = 0,
): Promise<void> {
  const { observe, now } = environment
  const { code, detail, event } = failure
  observe.note('event dead-lettered', { code, detail, ...(event && eventIdentity(event)) })
  await sendDeadLetters(environment, [toDeadLetter(body, failure, now())])
  observe.measure('EventsDeadLettered', 1)
  observe.measure('MembersDeadLettered', members)
}

/**
 * Puts the chunks of an event on the reset queue. Those that SQS refuses, as many rows make them too large, are sent again as one chunk
 * per person. Resolves to those of these that SQS refused for good.
 */
async function sendChunks(
  { sendMessages, config }: Environment,
  event: UncheckedBreachEvent,
  chunks: readonly ResetEvent[],
): Promise<ResetEvent[]> {
  const send = async (some: readonly ResetEvent[]) => {
    const { refused } = await sendMessages(config.resetQueueUrl, toMessages(event, some))
    return refused.flatMap(({ index }) => some[index] ?? [])
  }
  return send((await send(chunks)).flatMap(toPeople))
}

function toPeople(chunk: ResetEvent): ResetEvent[] {
  const people = groupByPerson(chunk.data.members, (row) => row.email_address)
  return people.map((members) => ({ ...chunk, data: { ...chunk.data, members } }))
}

/** The messages of chunks, each made when it is sent: together they can be many times as large as their event. */
function* toMessages(event: UncheckedBreachEvent, chunks: readonly ResetEvent[]) {
  const groupId = eventGroup(event)
  for (const [index, chunk] of chunks.entries()) yield { body: toMessageBody(chunk), groupId, index }
}

/** Dead-letters invalid rows, and people whose rows SQS refused. */
async function deadLetterMembers(
  environment: Environment,
  event: UncheckedBreachEvent,
  invalid: readonly InvalidMember[],
  refused: readonly ResetEvent[],
): Promise<void> {
  const { observe, now } = environment
  const unsendable = refused.map(({ data }) => data.members)
  await sendDeadLetters(environment, [
    ...toRowLetters(event, invalid, INVALID, now()),
    ...toRowLetters(event, unsendable, UNSENDABLE, now()),
  ])
  observe.measure('MembersDeadLettered', invalid.length + unsendable.length)
  const identity = { ...eventIdentity(event), outcome: 'dead_lettered' } as const
  for (const { index } of invalid) observe.outcome({ ...identity, code: 'invalid_member', member: index })
  for (const _ of unsendable) observe.outcome({ ...identity, code: 'unsendable' })
}

const INVALID = {
  code: 'invalid_member' as const,
  rowsOf: ({ row }: InvalidMember) => [row],
  detailOf: describeInvalid,
}
const UNSENDABLE = {
  code: 'unsendable' as const,
  rowsOf: (rows: readonly Member[]) => rows,
  detailOf: () => 'data.members: SQS refused the message',
}
