import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { type Letter, toLetter } from './to-letter.ts'

/** SQS has 120,000 messages in flight at the most. */
const MOST_HELD = 100_000
const HIDDEN_SECONDS = 900

/**
 * Receives dead letters page by page, hands each page to `handle`, which resolves to those that it has removed, and at the
 * end shows the others again. Letters sent after `startedAt` (ms since the epoch, by AWS's clock) are left alone: a redriven
 * one may come back at once. Ends at the first long poll that brings none, which asks all of SQS's servers; when `signal`
 * is aborted; when it holds as many as it can, or so long that the first show themselves again. Resolves to whether there
 * can be more.
 */
export async function walkLetters(
  sqs: SQSClient,
  queueUrl: string,
  options: {
    startedAt: number
    signal: AbortSignal
    handle: (page: readonly Letter[]) => Promise<ReadonlySet<Letter>>
  },
): Promise<boolean> {
  const held = new Map<string, Letter>()
  try {
    while (held.size < MOST_HELD && !options.signal.aborted) {
      const received = await receive(sqs, queueUrl)
      if (received.length === 0) return false
      const isAround = received.some(({ messageId }) => held.has(messageId))
      const page = received.filter(
        ({ messageId, sentAt }) => sentAt <= options.startedAt && !held.has(messageId),
      )
      for (const letter of received) held.set(letter.messageId, letter)
      for (const { messageId } of await options.handle(page)) held.delete(messageId)
      if (isAround) return true
    }
    return true
  } finally {
    const left = [...held.values()]
    for (let from = 0; from < left.length; from += 10) await show(sqs, queueUrl, left.slice(from, from + 10))
  }
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Letter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  )
  return Messages.map(toLetter)
}

/** A letter that can't be shown again shows itself when its visibility timeout is over: no reason to fail. */
async function show(sqs: SQSClient, QueueUrl: string, letters: readonly Letter[]): Promise<void> {
  const Entries = letters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: 0,
  }))
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {})
}
