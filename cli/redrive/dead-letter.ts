import type { Message } from '@aws-sdk/client-sqs'
import {
  ResetEventSchema,
  SessionsEventSchema,
  type UncheckedBreachEvent,
  UncheckedBreachEventSchema,
} from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { AGAIN, ASKS, ENDS_SESSIONS } from '../../lib/contract/code-entry.ts'
import { describeCode, NO_REASON, UNPROVEN } from '../../lib/contract/codes.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { readSenderId } from '../../lib/queue/sender-id.ts'

/** What a redrive of one letter does. `never`: the member was reset. */
export type Advice = { kind: 'again' | 'asks' | 'futile' | 'never'; sentence: string }

/**
 * A letter as it was received. `code`: its reason, as it is shown and named with --code. `rows`: how many member rows it holds, none when
 * it is not a breach event. `isBelieved`: one of our functions sent it; only of such letters there are `detail`, `requestId`, `maxMembers` and
 * `eventSender`, who sent the event that was refused. `movedFrom`: the ARN of the queue from which SQS moved it.
 */
export type DeadLetter = {
  messageId: string
  body: string
  receiptHandle: string
  sentAt: number
  code: string
  advice: Advice
  event: { source: string; id: string } | undefined
  rows: number
  sender: string
  isBelieved: boolean
  isOverLimit: boolean
  maxMembers: number | undefined
  movedFrom: string | undefined
  detail: string | undefined
  requestId: string | undefined
  eventSender: string | undefined
}

/**
 * Reads a received message. `functions`: the role ids of those who are believed. `isRehearsed`: it is of the queue of a dry run. Its body, and
 * what it claims if it is not believed, hold personal data.
 */
export function readDeadLetter(
  message: Message,
  { functions, isRehearsed }: { functions: ReadonlySet<string>; isRehearsed: boolean },
): DeadLetter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message
  const claim = (name: string) => MessageAttributes?.[name]?.StringValue
  const sender = readSenderId(Attributes?.SenderId)
  const isBelieved = functions.has(sender)
  const believed = (name: string) => (isBelieved ? claim(name) : undefined)
  const value = valueIn(Body)
  const event = UncheckedBreachEventSchema.safeParse(value).data
  const members = event?.data.members ?? []
  const judge = () => {
    if (isRehearsed) return isBelieved ? REHEARSED : byCode(UNPROVEN)
    if (event && isCanary(event.source, members)) return byCode('canary')
    if (!isBelieved) return byCode(claim('failure-code') === undefined ? NO_REASON : UNPROVEN)
    return judgeBelieved(claim('failure-code'), claim('redrive'), value)
  }
  const [source, id] = [believed('event-source'), believed('event-id')]
  return {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    sentAt: Number(Attributes?.SentTimestamp),
    ...judge(),
    event: event ?? (source && id ? { source, id } : undefined),
    rows: members.length,
    sender,
    isBelieved,
    isOverLimit: claim('failure-code') === 'over_limit',
    maxMembers: Number(believed('max-members')) || undefined,
    movedFrom: Attributes?.DeadLetterQueueSourceArn,
    detail: believed('failure-detail'),
    requestId: believed('stytch-request-id'),
    eventSender: believed('event-sender'),
  }
}

/** The breach event in a letter, whose members may be invalid. */
export function readEvent({ body }: Pick<DeadLetter, 'body'>): UncheckedBreachEvent | undefined {
  return UncheckedBreachEventSchema.safeParse(valueIn(body)).data
}

function valueIn(body: string): unknown {
  const unwrapped = unwrapEnvelopes(body)
  return unwrapped.kind === 'parsed' ? unwrapped.value : undefined
}

type Reason = { code: string; advice: Advice }

const REHEARSED: Reason = {
  code: 'rehearsed',
  advice: { kind: 'again', sentence: 'goes through all checks and limits, as if it were sent now' },
}

const WRONG_SENDER: Advice = {
  kind: 'asks',
  sentence: 'is accepted, though senders of its source does not name who sent it: look at it with --show',
}

const NEVER: Advice = { kind: 'never', sentence: 'was reset, and the ledger does not know: delete it' }

function judgeBelieved(code: string | undefined, redrive: string | undefined, value: unknown): Reason {
  if (code === undefined) return judgeMoved(value)
  const { of, redrive: advice = AGAIN } = describeCode(code)
  if (!/^[\w-]{1,128}$/.test(code) || of === 'tools') return byCode(UNPROVEN)
  // Letters of version 0.1.0 say only in prose that a call may have reset the password.
  const isOld = redrive === undefined && (of === 'person' || of === 'retried') && advice.kind === 'again'
  const asks = redrive === 'ask' || (isOld && advice !== ENDS_SESSIONS)
  if (!asks || advice.kind === 'asks') return { code, advice }
  if (of !== 'body') return { code: `${code}:may_have_been_reset`, advice: ASKS }
  // A whole body, of which nobody was called.
  return advice.kind === 'again' ? { code: `${code}:wrong_sender`, advice: WRONG_SENDER } : { code, advice }
}

/**
 * What our functions sent without a reason, SQS moved after five receives, in each of which somebody may have been called. In a message of
 * the reset queue, `owed` says that they were reset. One of the sessions queue is about people who were reset for certain.
 */
function judgeMoved(value: unknown): Reason {
  if (SessionsEventSchema.safeParse(value).success)
    return { code: `${NO_REASON}:sessions_not_ended`, advice: ENDS_SESSIONS }
  const rows = ResetEventSchema.safeParse(value).data?.data.members
  if (!rows) return byCode(NO_REASON)
  return rows.every(({ owed }) => owed)
    ? { code: `${NO_REASON}:was_reset`, advice: NEVER }
    : { code: `${NO_REASON}:may_have_been_reset`, advice: ASKS }
}

function byCode(code: string): Reason {
  return { code, advice: describeCode(code).redrive ?? AGAIN }
}
