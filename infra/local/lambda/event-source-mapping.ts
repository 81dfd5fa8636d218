import { setTimeout } from 'node:timers/promises'
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import type { InvocationResult } from './execution-environment.ts'
import { type Judgement, judgeResponse } from './judge-response.ts'

const RETRY_RECEIVE_MS = 250

/**
 * Starts what Lambda runs between a queue and a function: `maximumConcurrency` pollers that each receive a batch, invoke the
 * function, and delete the acknowledged messages. Failed messages are left to the visibility timeout.
 * stop() ends the long polls at once and resolves when the batches already received are finished.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const pollers = Array.from({ length: options.maximumConcurrency }, () => poll(options, stopping.signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(pollers)
    },
  }
}

export type EventSourceMappingOptions = BatchSource & {
  maximumConcurrency: number
  reportBatchItemFailures: boolean
  /** Must not reject. */
  invoke(event: SQSEvent): Promise<InvocationResult>
  /** Called after each invocation, once its acknowledged messages are deleted; `deleted` says how many really were. Times in ms. */
  onBatch?(
    summary: Judgement & {
      result: InvocationResult
      deleted: number
      records: readonly SQSRecord[]
      startedAt: number
      endedAt: number
    },
  ): void
  /** Called for each failed receive, which is retried after a short wait. */
  onReceiveError?(error: unknown): void
}

type BatchSource = {
  sqs: SQSClient
  queueUrl: string
  queueArn: string
  batchSize: number
  windowSeconds: number
}

async function poll(options: EventSourceMappingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const records = await receiveOrWait(options, signal)
    for (const batch of splitByPayload(records)) await handleBatch(options, batch)
  }
}

async function receiveOrWait(options: EventSourceMappingOptions, signal: AbortSignal): Promise<SQSRecord[]> {
  try {
    return await receiveBatch(options, signal)
  } catch (error) {
    if (signal.aborted) return []
    options.onReceiveError?.(error)
    await setTimeout(RETRY_RECEIVE_MS, undefined, { signal }).catch(() => {})
    return []
  }
}

async function handleBatch(options: EventSourceMappingOptions, records: SQSRecord[]): Promise<void> {
  const { sqs, queueUrl, reportBatchItemFailures } = options
  const startedAt = Date.now()
  const result = await options.invoke({ Records: records })
  const endedAt = Date.now()
  const messageIds = records.map(({ messageId }) => messageId)
  const judgement = judgeResponse({ messageIds, result, reportBatchItemFailures })
  const acknowledged = new Set(judgement.acknowledged)
  const handles = records
    .filter(({ messageId }) => acknowledged.has(messageId))
    .map(({ receiptHandle }) => receiptHandle)
  const deleted = await deleteMessages(sqs, queueUrl, handles)
  options.onBatch?.({ ...judgement, result, deleted, records, startedAt, endedAt })
}

const RECEIVE_LIMIT = 10
const LONG_POLL_SECONDS = 20

/**
 * Waits for messages and gathers up to `batchSize` of them, for at most `windowSeconds` from the first one on (in whole
 * seconds, as SQS counts waits). Resolves to no records when none arrive within one long poll.
 * Throws when nothing can be received. What was received before an error or `signal` is returned.
 */
async function receiveBatch(source: BatchSource, signal: AbortSignal): Promise<SQSRecord[]> {
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

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify({ Records: [] }))

/** Cuts a batch, in order, into invocations whose payload stays within Lambda's 6 MB. */
export function splitByPayload(records: readonly SQSRecord[]): SQSRecord[][] {
  const batches: SQSRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1
    bytes += size
    if (bytes > MAX_PAYLOAD_BYTES) {
      batches.push([])
      bytes = ENVELOPE_BYTES + size
    }
    batches.at(-1)?.push(record)
  }
  return batches
}

const BATCH_LIMIT = 10

/**
 * Deletes messages by receipt handle. A refused one or a failed request is tried once more.
 * Resolves to how many were deleted. The others are simply received again.
 */
export async function deleteMessages(
  sqs: SQSClient,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<number> {
  const remaining = await deleteOnce(sqs, queueUrl, await deleteOnce(sqs, queueUrl, receiptHandles))
  return receiptHandles.length - remaining.length
}

/** Resolves to the receipt handles whose messages were not deleted. */
async function deleteOnce(
  sqs: SQSClient,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<string[]> {
  const remaining: string[] = []
  for (let start = 0; start < receiptHandles.length; start += BATCH_LIMIT) {
    const batch = receiptHandles.slice(start, start + BATCH_LIMIT)
    const entries = batch.map((handle, index) => ({ Id: String(index), ReceiptHandle: handle }))
    try {
      const { Successful } = await sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      )
      const deleted = new Set(Successful?.map(({ Id }) => Id))
      remaining.push(...batch.filter((_, index) => !deleted.has(String(index))))
    } catch {
      remaining.push(...batch)
    }
  }
  return remaining
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
