import type { OutgoingMessage } from './outgoing-message.ts'
import type { SendMessages } from './send-messages.ts'

export type SendDeadLetters = (letters: readonly OutgoingMessage[]) => Promise<void>

/**
 * Returns what puts dead letters on their queue, whole. Rejects when SQS refuses one, which is then too large to be sent
 * with its reason: the record fails, and the native redrive policy takes it.
 */
export function createSendDeadLetters(
  sendMessages: SendMessages,
  deadLetterQueueUrl: string,
): SendDeadLetters {
  return async (letters) => {
    if (letters.length === 0) return
    const { refused } = await sendMessages(deadLetterQueueUrl, letters)
    if (refused.length > 0) throw new Error('a dead letter is too large to be sent with its reason')
  }
}
