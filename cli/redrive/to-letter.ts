import type { Message } from '@aws-sdk/client-sqs'
import { isCanary } from '../../lib/contract/is-canary.ts'
import { UncheckedBreachEventSchema } from '../../lib/contract/unchecked-breach-event.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { NO_REASON } from '../start/read-dead-letters.ts'
import { type Advice, advise } from './advise.ts'

/** A dead letter as it was received. `rows`: member rows it holds, none when it is no breach event. */
export type Letter = {
  messageId: string
  body: string
  receiptHandle: string
  sentAt: number
  code: string
  advice: Advice
  rows: number
}

/** Reads a received message. Only its failure-code is ever shown: the body holds e-mail addresses. */
export function toLetter(message: Message): Letter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message
  const attribute = (name: string) => MessageAttributes?.[name]?.StringValue
  const unwrapped = unwrapEnvelopes(Body)
  const parsed =
    unwrapped.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(unwrapped.value) : undefined
  const members = parsed?.data?.data.members ?? []
  const canary = parsed?.data !== undefined && isCanary(parsed.data.source, members)
  const code = canary ? 'canary' : attribute('failure-code')
  const advice = canary ? advise(code) : advise(code, attribute('failure-detail'), members)
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

/** What SQS moved keeps the producer's attributes: anything but a plain code could be personal data. */
function toLabel(code = NO_REASON, { kind }: Advice): string {
  const shown = /^[\w-]{1,128}$/.test(code) ? code : 'unreadable_reason'
  if (kind === 'never') return `${shown}:was_reset`
  return kind === 'asks' && advise(code).kind !== 'asks' ? `${shown}:may_have_been_reset` : shown
}
