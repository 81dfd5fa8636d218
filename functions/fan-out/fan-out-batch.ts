import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import {
  lowerMode,
  type Member,
  type ResetEvent,
  type UncheckedBreachEvent,
} from '../../lib/contract/breach-event.ts'
import { checkMembers, type InvalidMember } from '../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../lib/contract/fence.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import { dropUnknownKeys } from '../../lib/contract/unknown-keys.ts'
import { eventIdentity, type Observe } from '../../lib/observability/observe.ts'
import type { Fact } from '../../lib/progress/fact.ts'
import { keepFacts, type ProgressEnvironment } from '../../lib/progress/keep-facts.ts'
import { type Failure, sendDeadLetters, toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import { eventGroup, type SendMessages, toMessageBody } from '../../lib/queue/send-messages.ts'
import { readSenderId } from '../../lib/queue/sender-id.ts'
import type { ConsumeQuota } from '../../lib/quota/hourly-quota.ts'
import { admit, isFromWrongSender } from './admit.ts'
import type { Config } from './config.ts'
import { describeInvalid, toRowLetters } from './dead-letter-rows.ts'
import { type NotForwarded, toAcceptedFact, toRefusedFact } from './facts.ts'
import { rehearse } from './rehearse.ts'
import { markRow, type Run, toRun, withRun } from './run.ts'
import { splitEvent } from './split-event.ts'

/** Settings of fan-out and every effect it has on the world. It remembers nothing between invocations. */
export type Environment = ProgressEnvironment & {
  config: Config
  sendMessages: SendMessages
  consumeQuota: ConsumeQuota
  observe: Observe
  now: () => number
  monotonic: () => number
}

/** Fans out every record of a batch. `remainingMs`: time left to the invocation. Returns the batch item failures. */
export async function fanOutBatch(
  environment: Environment,
  event: SQSEvent,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const { observe, monotonic } = environment
  const end = monotonic() + remainingMs
  const facts: Fact[] = []
  const handle = async (record: SQSRecord) => void facts.push(await fanOutRecord(environment, record))
  const response = await processBatch(event.Records, handle, observe)
  await keepFacts(environment, facts, end - monotonic())
  return response
}

/**
 * Unwraps, checks, admits and splits the event of a record. Resolves, to what is known of it now, when every member is in a message on the
 * reset queue or on the dead-letter queue. Rejects when some could not be put there.
 */
export async function fanOutRecord(environment: Environment, record: SQSRecord): Promise<Fact> {
  const { config, observe, now } = environment
  const sentAt = Number(record.attributes.SentTimestamp)
  const { messageId } = record
  const sender = readSenderId(record.attributes.SenderId)
  const read = readBreachEvent(record.body, sentAt)
  if (read.kind === 'rejected') {
    // What is redriven comes from the operator, who may send for the source: only a person can decide that.
    const redrive = isFromWrongSender(read.identity?.source, sender, config) ? 'ask' : 'again'
    const failure = { ...read.rejection, event: read.identity, sender, redrive } as const
    await deadLetterEvent(environment, record.body, failure)
    return toRefusedFact(messageId, failure, undefined, now())
  }
  const run = toRun(read.event, messageId)
  const fence = computeFence(read.event, sentAt)
  const event = { ...read.event, fence }
  if (Object.keys(read.droppedKeys).length > 0) {
    observe.note('unknown keys dropped', { ...eventIdentity(event), keys: read.droppedKeys })
  }

  const admission = await admit(environment, event, record)
  if (admission.kind === 'denied') {
    const failure = { ...admission.denial, event, sender }
    const letter = failure.code === 'over_limit' ? withRun(event, run) : event
    const body = toMessageBody(dropUnknownKeys(letter))
    await deadLetterEvent(environment, body, failure, event.data.members.length)
    return toRefusedFact(messageId, failure, run, now())
  }
  const { members, invalid } = checkMembers(event.data.members)
  const { chunks, duplicates } = splitEvent(
    { ...admission.event, resetrun: run.id, sentat: new Date(sentAt).toISOString() },
    members,
    run.indices,
    config,
  )
  const unsendable = await sendChunks(environment, event, chunks)
  await deadLetterMembers(environment, event, run, { invalid, unsendable })
  await rehearse(environment, event, admission.event, sender)
  observe.note('event accepted', { sender, ...eventIdentity(event) })
  observe.measure('EventsAccepted', 1)
  observe.measure('MembersReceived', event.data.members.length)
  for (const { index } of duplicates) {
    observe.outcome({ ...eventIdentity(event), outcome: 'skipped', code: 'duplicate', member: index })
  }
  observe.measure('MembersSkipped', duplicates.length)
  const mode = lowerMode(config.mode, admission.event.data.mode)
  const notForwarded = { duplicates, invalid, unsendable }
  return toAcceptedFact(admission.event, run, notForwarded, { sentAt, at: now(), mode, sender })
}

/** Dead-letters a whole body for one reason. */
async function deadLetterEvent(
  environment: Environment,
  body: string,
  failure: Failure,
  members = 0,
): Promise<void> {
  const { observe, now } = environment
  const { code, detail, event, sender } = failure
  observe.note('event dead-lettered', { code, detail, sender, ...(event && eventIdentity(event)) })
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

/**
 * More than later steps add: marks on the rows and the event of one person, whom they can't split, and the attributes of their dead
 * letter. Not the members that a search finds, by whose time one row is left.
 */
const RESERVED_BYTES = 2048

/** The messages of chunks, each made when it is sent: together they can be many times as large as their event. */
function* toMessages(event: UncheckedBreachEvent, chunks: readonly ResetEvent[]) {
  const groupId = eventGroup(event)
  for (const [index, chunk] of chunks.entries())
    yield { body: toMessageBody(chunk), reservedBytes: RESERVED_BYTES, groupId, index }
}

/** Dead-letters invalid rows, and people whose rows SQS refused. */
async function deadLetterMembers(
  environment: Environment,
  event: UncheckedBreachEvent,
  { id: resetrun, indices }: Run,
  { invalid, unsendable }: Pick<NotForwarded, 'unsendable'> & { invalid: readonly InvalidMember[] },
): Promise<void> {
  const { observe, now } = environment
  const marked = invalid.map((one) => ({ ...one, row: markRow(one.row, indices[one.index]) }))
  const people = unsendable.map(({ data }) => data.members)
  await sendDeadLetters(environment, [
    ...toRowLetters({ ...event, resetrun }, marked, INVALID, now()),
    ...toRowLetters({ ...event, resetrun }, people, UNSENDABLE, now()),
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
