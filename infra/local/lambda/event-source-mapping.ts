import { setTimeout } from 'node:timers/promises'
import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import type { InvocationResult } from './execution-environment.ts'
import { type Judgement, judgeResponse } from './judge-response.ts'
import { assertBatches, type BatchSource, receiveBatch, splitByPayload } from './receive-batch.ts'

const RETRY_RECEIVE_MS = 250

/**
 * Starts what Lambda runs between a queue and a function: `maximumConcurrency` pollers that each receive a batch, invoke the
 * function, and delete the acknowledged messages. Failed messages are left to the visibility timeout.
 * Throws an Error that names the setting when AWS would not make such a mapping.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  assertBatches(options)
  let state: MappingState = 'Enabled'
  let polling = startPolling(options)
  return {
    state: () => state,
    async pause() {
      state = 'Disabling'
      await polling.end()
      state = 'Disabled'
    },
    async resume() {
      state = 'Enabling'
      await polling.end()
      polling = startPolling(options)
      state = 'Enabled'
    },
    stop: () => polling.stop(),
  }
}

export type MappingState = 'Enabled' | 'Disabling' | 'Disabled' | 'Enabling'

export type EventSourceMapping = {
  state(): MappingState
  /** Resolves, and is disabled, when the polls under way have ended, and the batches that they received are finished. */
  pause(): Promise<void>
  /** Resolves when it polls again, which is after a `pause` that is under way. */
  resume(): Promise<void>
  /** As `pause`, for good, and breaks the polls off: what they were just given stays in flight. */
  stop(): Promise<void>
}

type Polling = Record<'end' | 'stop', () => Promise<void>>

function startPolling(options: EventSourceMappingOptions): Polling {
  const breaking = new AbortController()
  let isEnding = false
  const pollers = Array.from({ length: options.maximumConcurrency }, () =>
    poll(options, () => isEnding, breaking.signal),
  )
  const end = async () => {
    isEnding = true
    await Promise.all(pollers)
  }
  return {
    end,
    stop() {
      breaking.abort()
      return end()
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

async function poll(
  options: EventSourceMappingOptions,
  isEnding: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!isEnding()) {
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
