import type { OutgoingMessage, SendMessages } from './send-messages.ts'

/** Why something is on the dead-letter queue. No field may hold personal data. */
export type Failure = {
  code: string
  detail?: string | undefined
  /** `ask`: a call may have reset the password, so a person decides about a redrive. Left out: `again`. */
  redrive?: 'again' | 'ask' | undefined
  /** The limit that an event has more members than. */
  maxMembers?: number | undefined
  stytchRequestId?: string | undefined
  attempts?: number | undefined
  event?: { source: string; id: string } | undefined
  /** Who sent the event (sender-id.ts), if nothing of it was taken. */
  sender?: string | undefined
}

/**
 * The message for the dead-letter queue: `body` can be redriven as it is, the attributes, of which SQS takes ten, say why it is there.
 * Empty ones are left out.
 */
export function toDeadLetter(body: string, failure: Failure, now: number): OutgoingMessage {
  const attributes = {
    'failure-code': failure.code,
    'failure-detail': failure.detail,
    redrive: failure.redrive ?? 'again',
    'max-members': failure.maxMembers?.toString(),
    'stytch-request-id': failure.stytchRequestId,
    attempts: failure.attempts?.toString(),
    'event-source': failure.event?.source,
    'event-id': failure.event?.id,
    'event-sender': failure.sender,
    'failed-at': new Date(now).toISOString(),
  }
  const present = Object.entries(attributes).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return { body, attributes: Object.fromEntries(present) }
}

/**
 * Puts dead letters on their queue. Rejects when SQS refuses one, which is then too large to be sent with its reason:
 * the record fails, and the redrive policy of its queue takes it.
 */
export async function sendDeadLetters(
  environment: { sendMessages: SendMessages; config: { deadLetterQueueUrl: string } },
  deadLetters: Iterable<OutgoingMessage>,
): Promise<void> {
  const { refused } = await environment.sendMessages(environment.config.deadLetterQueueUrl, deadLetters)
  if (refused.length > 0) throw new Error('a dead letter is too large to be sent with its reason')
}
