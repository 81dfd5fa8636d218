import type { Message } from '@aws-sdk/client-sqs'
import {
  ResetEventSchema,
  type ResetMember,
  SessionsEventSchema,
  UncheckedBreachEventSchema,
} from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { AGAIN, ASKS, ENDS_SESSIONS } from '../../lib/contract/code-entry.ts'
import { describeCode, NO_REASON } from '../../lib/contract/codes.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'

/**
 * A dead letter as it was received. `code`: its reason, as it is shown and named with --code. `rows`: how many member rows it
 * holds, none when it is not a breach event.
 */
export type DeadLetter = {
  messageId: string
  body: string
  receiptHandle: string
  sentAt: number
  code: string
  advice: Advice
  rows: number
}

/** Reads a received message. Only its failure-code is ever shown: the body holds e-mail addresses. */
export function readDeadLetter(message: Message): DeadLetter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message
  const attribute = (name: string) => MessageAttributes?.[name]?.StringValue
  const unwrapped = unwrapEnvelopes(Body)
  const value = unwrapped.kind === 'parsed' ? unwrapped.value : undefined
  const event = UncheckedBreachEventSchema.safeParse(value).data
  const members = event?.data.members ?? []
  const canary = event !== undefined && isCanary(event.source, members)
  const code = canary ? 'canary' : readReason(attribute('failure-code'))
  const advice = canary ? advise(code) : adviseMembers(code, attribute('redrive'), value)
  return {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    sentAt: Number(Attributes?.SentTimestamp),
    code: toLabel(code, advice),
    advice,
    rows: members.length,
  }
}

/** What a redrive of one dead letter does, by its code and by what it says itself. `never`: the member was reset. */
export type Advice = { kind: 'again' | 'asks' | 'futile' | 'never'; sentence: string }

const NEVER: Advice = { kind: 'never', sentence: 'was reset, and the ledger does not know: delete it' }

/** A message of the sessions queue, which also could be one of the reset queue, is about people who were reset for certain. */
function adviseMembers(code: string, redrive: string | undefined, value: unknown): Advice {
  if (SessionsEventSchema.safeParse(value).success) return ENDS_SESSIONS
  return advise(code, redrive, ResetEventSchema.safeParse(value).data?.data.members)
}

/**
 * The advice for a dead letter by its failure-code, its attribute redrive, and its rows if it comes from the reset queue as it was there:
 * SQS moved it after five receives, in each of which they may have been called, or they are owed to the ledger. A producer's `owed`
 * says nothing.
 */
function advise(code: string, redrive?: string, rows: readonly ResetMember[] = []): Advice {
  if (rows.length > 0 && rows.every(({ owed }) => owed)) return NEVER
  if (redrive === 'ask' || rows.length > 0) return ASKS
  return describeCode(code).redrive ?? AGAIN
}

/**
 * What SQS moved keeps the producer's attributes: anything but a plain code could be personal data, and `canary`, which is deleted
 * without a look, is never believed.
 */
function readReason(claimed = NO_REASON as string): string {
  if (claimed === NO_REASON) return claimed
  return /^[\w-]{1,128}$/.test(claimed) && describeCode(claimed).of !== 'tools'
    ? claimed
    : 'unreadable_reason'
}

function toLabel(code: string, advice: Advice): string {
  const { kind } = advice
  if (advice === ENDS_SESSIONS && advise(code) !== ENDS_SESSIONS) return `${code}:sessions_not_ended`
  if (kind === 'never') return `${code}:was_reset`
  return kind === 'asks' && advise(code).kind !== 'asks' ? `${code}:may_have_been_reset` : code
}
