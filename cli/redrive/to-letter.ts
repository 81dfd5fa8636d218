import type { Message } from '@aws-sdk/client-sqs'
import { UncheckedBreachEventSchema } from '../../lib/contract/unchecked-breach-event.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { NO_REASON } from '../start/read-dead-letters.ts'
import { type Advice, adviceFor } from './advice.ts'

/** A dead letter as it was received. `rows`: member rows it holds, none when it is no breach event. */
export type Letter = {
  body: string
  receiptHandle: string
  sentAt: number
  code: string
  advice: Advice
  rows: number
}

/** What SQS moved keeps the producer's attributes: anything but a plain code could be personal data. */
function readCode(value: string | undefined): string {
  if (value === undefined) return NO_REASON
  return /^[\w-]{1,128}$/.test(value) ? value : 'unreadable_reason'
}

/** Reads a received message. Only its failure-code is ever shown: the body holds e-mail addresses. */
export function toLetter({ Body = '', ReceiptHandle = '', Attributes, MessageAttributes }: Message): Letter {
  const attribute = (name: string) => MessageAttributes?.[name]?.StringValue
  const unwrapped = unwrapEnvelopes(Body)
  const event =
    unwrapped.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(unwrapped.value) : undefined
  const advice = adviceFor(attribute('failure-code'), attribute('failure-detail'))
  const code = readCode(attribute('failure-code'))
  return {
    body: Body,
    receiptHandle: ReceiptHandle,
    sentAt: Number(Attributes?.SentTimestamp),
    code: advice.kind === 'never' ? `${code} (was reset)` : code,
    advice,
    rows: event?.data?.data.members.length ?? 0,
  }
}
