import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs'
import type { OutgoingMessage } from './outgoing-message.ts'

const TRIES = 4

/** What is used of an SQSClient. */
export type Sqs = {
  send(
    command: SendMessageBatchCommand,
    options?: { abortSignal?: AbortSignal },
  ): Promise<SendMessageBatchCommandOutput>
}

export type SendDeps = { sqs: Sqs; sleep: (ms: number) => Promise<unknown>; random: () => number }

/**
 * `sent`: with the id that SQS gave. `refused`: what SQS will never take, with its code. `unsent`: what it did not take in
 * four tries, or, with `error`, what was in a request that failed as a whole: that may be on the queue all the same.
 */
export type BatchResult = {
  sent: Map<OutgoingMessage, string>
  refused: Map<OutgoingMessage, string>
  unsent: OutgoingMessage[]
  error?: unknown
}

/** Sends at most 10 messages, and again, entry by entry, those that fail. Never rejects; an aborted request is one that failed. */
export async function sendBatch(
  { sqs, sleep, random }: SendDeps,
  queueUrl: string,
  batch: readonly OutgoingMessage[],
  abortSignal?: AbortSignal,
): Promise<BatchResult> {
  const sent: BatchResult['sent'] = new Map()
  const refused: BatchResult['refused'] = new Map()
  let unsent = [...batch.entries()]
  const rest = () => unsent.map(([, message]) => message)
  for (let attempt = 1; unsent.length > 0 && attempt <= TRIES; attempt++) {
    try {
      if (attempt > 1) await sleep(100 * 2 ** (attempt - 1) * random())
      const entries = unsent.map(([index, message]) => toEntry(index, message))
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries })
      const answer = await sqs.send(command, abortSignal && { abortSignal })
      const accepted = new Map(answer.Successful?.map(({ Id, MessageId }) => [Id, MessageId]))
      const atFault = new Map(
        answer.Failed?.filter(({ SenderFault }) => SenderFault).map(({ Id, Code }) => [Id, Code]),
      )
      const failed: typeof unsent = []
      for (const [index, message] of unsent) {
        const id = String(index)
        if (accepted.has(id)) sent.set(message, accepted.get(id) ?? '')
        else if (atFault.has(id)) refused.set(message, atFault.get(id) ?? '')
        else failed.push([index, message])
      }
      unsent = failed
    } catch (error) {
      return { sent, refused, unsent: rest(), error }
    }
  }
  return { sent, refused, unsent: rest() }
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
