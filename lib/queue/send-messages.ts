import { MAX_MESSAGE_BYTES, messageSize } from './message-size.ts'
import type { OutgoingMessage } from './outgoing-message.ts'
import { packBatches } from './pack-batches.ts'
import { type SendDeps, sendBatch } from './send-batch.ts'

export type SendMessages = (queueUrl: string, messages: readonly OutgoingMessage[]) => Promise<SendResult>

/** `refused`: what SQS will never take (over 1 MiB, or a sender fault); everything else is on the queue. */
export type SendResult = { refused: OutgoingMessage[] }

/**
 * Sends messages in as few requests as SQS's limits allow. Entries that fail are sent again, entry by entry.
 * Throws when some could not be delivered after all: then part of the messages may be on the queue.
 */
export function createSendMessages(deps: SendDeps): SendMessages {
  return async (queueUrl, messages) => {
    const { tooLarge, sendable } = Object.groupBy(messages, (message) =>
      messageSize(message) > MAX_MESSAGE_BYTES ? 'tooLarge' : 'sendable',
    )
    const refused = tooLarge ?? []
    for (const batch of packBatches(sendable ?? [])) {
      const result = await sendBatch(deps, queueUrl, batch)
      if ('error' in result) throw result.error
      if (result.unsent.length > 0) throw new Error(`SQS did not take ${result.unsent.length} messages`)
      refused.push(...result.refused.keys())
    }
    return { refused }
  }
}
