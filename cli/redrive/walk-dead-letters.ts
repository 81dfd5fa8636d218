import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { pack } from '../../lib/queue/pack.ts'
import type { DeadLetter } from './dead-letter.ts'

/** SQS allows 120,000 messages in flight. */
const MAX_HELD = 100_000
const HIDDEN_SECONDS = 900
const AT_ONCE = 10

/**
 * Receives dead letters page by page and hands each page to `handle`, which resolves to those it has removed. At the end the
 * others are made visible again. Dead letters sent after `startedAt` (ms since the epoch, by AWS's clock) are left alone: a
 * redriven one may come back at once. Ends at the first long poll that brings none, which asks all of SQS's servers; when
 * `isEnough` or `signal` says so; or when it holds as many as it can, or so long that the first become visible again. Resolves to
 * whether there may be more.
 */
export async function walkDeadLetters(
  sqs: SQSClient,
  queueUrl: string,
  options: {
    startedAt: number
    signal: AbortSignal
    read: (message: Message) => DeadLetter
    handle: (page: readonly DeadLetter[]) => Promise<ReadonlySet<DeadLetter>>
    isEnough: () => boolean
  },
): Promise<boolean> {
  const held = new Map<string, string>()
  try {
    while (held.size < MAX_HELD && !options.signal.aborted && !options.isEnough()) {
      const received = (await receive(sqs, queueUrl)).map(options.read)
      if (received.length === 0) return false
      const isSecondRound = received.some(({ messageId }) => held.has(messageId))
      const page = received.filter(
        ({ messageId, sentAt }) => sentAt <= options.startedAt && !held.has(messageId),
      )
      for (const { messageId, receiptHandle } of received) held.set(messageId, receiptHandle)
      for (const { messageId } of await options.handle(page)) held.delete(messageId)
      if (isSecondRound) return true
    }
    return true
  } finally {
    const batches = [...pack(held.values(), { sizeOf: () => 1, maxSize: 10 })]
    for (const some of pack(batches, { sizeOf: () => 1, maxSize: AT_ONCE }))
      await Promise.all(some.map((batch) => makeVisible(sqs, queueUrl, batch)))
  }
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp', 'SenderId', 'DeadLetterQueueSourceArn'],
    }),
  )
  return Messages
}

/** When this fails they become visible at the end of their visibility timeout: no reason to fail. */
async function makeVisible(
  sqs: SQSClient,
  QueueUrl: string,
  receiptHandles: readonly string[],
): Promise<void> {
  const Entries = receiptHandles.map((ReceiptHandle, index) => ({
    Id: String(index),
    ReceiptHandle,
    VisibilityTimeout: 0,
  }))
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {})
}

const TRIES = 3

/** Deletes at most ten dead letters. Resolves to those that SQS has deleted; the others are still there. */
export async function deleteDeadLetters(
  sqs: SQSClient,
  queueUrl: string,
  deadLetters: readonly DeadLetter[],
): Promise<Set<DeadLetter>> {
  const left = new Set(deadLetters)
  for (let attempt = 1; left.size > 0 && attempt <= TRIES; attempt++) {
    const batch = [...left]
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }))
    const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })
    const { Successful = [] } = await sqs.send(command)
    const deleted = new Set(Successful.map(({ Id }) => Number(Id)))
    for (const [index, deadLetter] of batch.entries()) if (deleted.has(index)) left.delete(deadLetter)
  }
  return new Set(deadLetters.filter((deadLetter) => !left.has(deadLetter)))
}
