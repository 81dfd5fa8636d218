import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { toSqsRecord } from './to-sqs-record.ts'

const RECEIVE_LIMIT = 10
const LONG_POLL_SECONDS = 20

export type BatchSource = {
  sqs: SQSClient
  queueUrl: string
  queueArn: string
  batchSize: number
  windowSeconds: number
}

/**
 * Waits for messages and gathers up to `batchSize` of them, for at most `windowSeconds` (rounded up to whole seconds, as
 * SQS counts waits) from the first one on. Resolves to no records when none came within one long poll.
 * Throws when nothing could be received; what was received before an error or `signal` is returned.
 */
export async function receiveBatch(source: BatchSource, signal: AbortSignal): Promise<SQSRecord[]> {
  const records = await receive(source, source.batchSize, LONG_POLL_SECONDS, signal)
  const windowEnd = performance.now() + source.windowSeconds * 1000
  while (records.length > 0 && records.length < source.batchSize) {
    const remainingSeconds = Math.ceil((windowEnd - performance.now()) / 1000)
    if (remainingSeconds <= 0 || signal.aborted) break
    try {
      const waitSeconds = Math.min(remainingSeconds, LONG_POLL_SECONDS)
      records.push(...(await receive(source, source.batchSize - records.length, waitSeconds, signal)))
    } catch {
      break
    }
  }
  return records
}

async function receive(
  { sqs, queueUrl, queueArn }: BatchSource,
  wanted: number,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<SQSRecord[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(wanted, RECEIVE_LIMIT),
    WaitTimeSeconds: waitSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  })
  const { Messages = [] } = await sqs.send(command, { abortSignal: signal })
  return Messages.map((message) => toSqsRecord(message, queueArn))
}
