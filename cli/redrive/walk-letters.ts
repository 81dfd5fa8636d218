import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { type Letter, toLetter } from './to-letter.ts'

const HIDDEN_SECONDS = 300

/**
 * Receives dead letters page by page, hands each page to `handle`, and shows again at the end what it did not take.
 * Letters that arrive after `startedAt` (ms since the epoch) are left alone: a redriven one may come back at once.
 * Resolves to how many letters were seen. Stops after `limit` letters, or at the first long poll that brings none: it asks
 * all of SQS's servers.
 */
export async function walkLetters(
  sqs: SQSClient,
  queueUrl: string,
  options: {
    startedAt: number
    limit: number
    handle: (page: readonly Letter[]) => Promise<readonly Letter[]>
  },
): Promise<number> {
  const left: Letter[] = []
  let seen = 0
  try {
    while (seen < options.limit) {
      const received = await receive(sqs, queueUrl)
      if (received.length === 0) break
      const page = received.filter(({ sentAt }) => sentAt <= options.startedAt)
      left.push(...received.filter(({ sentAt }) => sentAt > options.startedAt))
      seen += page.length
      left.push(...(await options.handle(page)))
    }
  } finally {
    for (let from = 0; from < left.length; from += 10) await show(sqs, queueUrl, left.slice(from, from + 10))
  }
  return seen
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

/** A letter that can't be shown again shows itself when its visibility timeout is over. */
async function show(sqs: SQSClient, QueueUrl: string, letters: readonly Letter[]): Promise<void> {
  const Entries = letters.map(({ receiptHandle }, index) => ({
    ...{ Id: String(index), ReceiptHandle: receiptHandle, VisibilityTimeout: 0 },
  }))
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
}
