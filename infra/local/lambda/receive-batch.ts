import {
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda'
import * as z from 'zod'

export type BatchSource = {
  sqs: SQSClient
  queueUrl: string
  queueArn: string
  batchSize: number
  windowSeconds: number
}

/** The most that SQS returns at once. */
const RECEIVE_LIMIT = 10
/** Short, because a pause waits for it. */
const LONG_POLL_SECONDS = 1

/**
 * Waits for messages and gathers up to `batchSize` of them, or as many as fill an invocation's payload, for at most `windowSeconds`
 * from the first one on (in whole seconds, as SQS counts waits). Resolves to no records when none arrive within one long poll.
 * Throws when nothing can be received. What was received before an error or `signal` is returned.
 */
export async function receiveBatch(source: BatchSource, signal: AbortSignal): Promise<SQSRecord[]> {
  const records = await receive(source, source.batchSize, LONG_POLL_SECONDS, signal)
  const windowEnd = performance.now() + source.windowSeconds * 1000
  let bytes = payloadOf(records)
  while (records.length > 0 && records.length < source.batchSize && bytes < MAX_PAYLOAD_BYTES) {
    const remainingSeconds = Math.ceil((windowEnd - performance.now()) / 1000)
    if (remainingSeconds <= 0 || signal.aborted) break
    try {
      const waitSeconds = Math.min(remainingSeconds, LONG_POLL_SECONDS)
      const more = await receive(source, source.batchSize - records.length, waitSeconds, signal)
      records.push(...more)
      bytes += payloadOf(more)
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

const MAX_BATCH_SIZE = 10_000
const MAX_WINDOW_SECONDS = 300

/** Holds the size of batches and their window to AWS's rules for a standard queue. */
export function assertBatches({ batchSize, windowSeconds }: BatchSource): void {
  const isWithin = (value: number, min: number, max: number) =>
    Number.isInteger(value) && value >= min && value <= max
  if (!isWithin(batchSize, 1, MAX_BATCH_SIZE))
    throw new Error(`BatchSize must be a whole number from 1 to ${MAX_BATCH_SIZE}`)
  if (!isWithin(windowSeconds, 0, MAX_WINDOW_SECONDS))
    throw new Error(`MaximumBatchingWindowInSeconds must be a whole number from 0 to ${MAX_WINDOW_SECONDS}`)
  if (batchSize > RECEIVE_LIMIT && windowSeconds === 0)
    throw new Error(`MaximumBatchingWindowInSeconds must be 1 or more for a BatchSize above ${RECEIVE_LIMIT}`)
}

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify({ Records: [] }))

function payloadOf(records: readonly SQSRecord[]): number {
  return records.reduce((bytes, record) => bytes + sizeOf(record), ENVELOPE_BYTES)
}

/** With the comma that follows. */
function sizeOf(record: SQSRecord): number {
  return Buffer.byteLength(JSON.stringify(record)) + 1
}

/** Cuts a batch, in order, into invocations whose payload stays within Lambda's 6 MB. */
export function splitByPayload(records: readonly SQSRecord[]): SQSRecord[][] {
  const batches: SQSRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    const size = sizeOf(record)
    bytes += size
    if (bytes > MAX_PAYLOAD_BYTES) {
      batches.push([])
      bytes = ENVELOPE_BYTES + size
    }
    batches.at(-1)?.push(record)
  }
  return batches
}

/** What SQS always returns when all system attributes are requested. The SDK types it as optional. */
const ReceivedMessageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z
    .object({
      ApproximateReceiveCount: z.string(),
      SentTimestamp: z.string(),
      SenderId: z.string(),
      ApproximateFirstReceiveTimestamp: z.string(),
    })
    .catchall(z.string()),
})

/** Turns a received message into the record that Lambda delivers. Throws when the message lacks what SQS always returns. */
export function toSqsRecord(message: Message, queueArn: string): SQSRecord {
  const received = ReceivedMessageSchema.parse(message)
  const messageAttributes = Object.entries(message.MessageAttributes ?? {})
  return {
    messageId: received.MessageId,
    receiptHandle: received.ReceiptHandle,
    body: received.Body,
    attributes: received.Attributes,
    messageAttributes: Object.fromEntries(
      messageAttributes.map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: received.MD5OfBody,
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  }
}

function toAttribute({
  StringValue,
  BinaryValue,
  DataType = 'String',
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  }
}
