import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { MAX_MESSAGE_BYTES, messageSize } from './message-size.ts'
import type { OutgoingMessage } from './outgoing-message.ts'
import { packBatches } from './pack-batches.ts'

const TRIES = 4

export type SendMessages = (queueUrl: string, messages: readonly OutgoingMessage[]) => Promise<SendResult>

/** `refused`: what SQS will never take (over 1 MiB, or a sender fault); everything else is on the queue. */
export type SendResult = { refused: OutgoingMessage[] }

/**
 * Sends messages in as few requests as SQS's limits allow. Entries that fail are sent again, entry by entry.
 * Throws when some could not be delivered after all: then part of the messages may be on the queue.
 */
export function createSendMessages(deps: {
  sqs: SQSClient
  sleep: (ms: number) => Promise<void>
  random: () => number
}): SendMessages {
  return async (queueUrl, messages) => {
    const { tooLarge, sendable } = Object.groupBy(messages, (message) =>
      messageSize(message) > MAX_MESSAGE_BYTES ? 'tooLarge' : 'sendable',
    )
    const refused = tooLarge ?? []
    for (const batch of packBatches(sendable ?? [])) refused.push(...(await sendBatch(deps, queueUrl, batch)))
    return { refused }
  }
}

async function sendBatch(
  { sqs, sleep, random }: Parameters<typeof createSendMessages>[0],
  queueUrl: string,
  batch: readonly OutgoingMessage[],
): Promise<OutgoingMessage[]> {
  const refused: OutgoingMessage[] = []
  let unsent = [...batch.entries()]
  for (let attempt = 1; unsent.length > 0; attempt++) {
    const entries = unsent.map(([index, message]) => toEntry(index, message))
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
    const accepted = new Set(answer.Successful?.map(({ Id }) => Id))
    const atFault = new Set(answer.Failed?.filter(({ SenderFault }) => SenderFault).map(({ Id }) => Id))
    refused.push(...unsent.filter(([index]) => atFault.has(String(index))).map(([, message]) => message))
    unsent = unsent.filter(([index]) => !accepted.has(String(index)) && !atFault.has(String(index)))
    if (unsent.length > 0 && attempt === TRIES) throw new Error(`SQS did not take ${unsent.length} messages`)
    if (unsent.length > 0) await sleep(100 * 2 ** attempt * random())
  }
  return refused
}

function toEntry(index: number, message: OutgoingMessage): SendMessageBatchRequestEntry {
  const attributes = Object.entries(message.attributes ?? {}).filter(([, value]) => value !== '')
  return {
    Id: String(index),
    MessageBody: message.body,
    ...(message.delaySeconds ? { DelaySeconds: message.delaySeconds } : {}),
    ...(message.groupId ? { MessageGroupId: message.groupId } : {}),
    ...(attributes.length > 0 && {
      MessageAttributes: Object.fromEntries(
        attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  }
}
