import { setTimeout } from 'node:timers/promises'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { deleteMessages } from './delete-messages.ts'
import type { InvocationResult } from './invocation-result.ts'
import { type Judgement, judgeResponse } from './judge-response.ts'
import { type BatchSource, receiveBatch } from './receive-batch.ts'
import { splitByPayload } from './split-by-payload.ts'

const RETRY_RECEIVE_MS = 250

export type EventSourceMappingOptions = BatchSource & {
  maximumConcurrency: number
  reportBatchItemFailures: boolean
  /** Must not reject. */
  invoke(event: SQSEvent): Promise<InvocationResult>
  /** Told of each invocation once its acknowledged messages are deleted; `deleted` of them really were. Times in ms. */
  onBatch?(
    summary: Judgement & {
      result: InvocationResult
      deleted: number
      records: readonly SQSRecord[]
      startedAt: number
      endedAt: number
    },
  ): void
  /** Told of each receive that failed; it is retried after a short wait. */
  onReceiveError?(error: unknown): void
}

/**
 * Starts what Lambda runs between a queue and a function: `maximumConcurrency` pollers that each receive a batch, invoke,
 * and delete what was acknowledged. What failed is left to the visibility timeout.
 * stop() ends the long polls at once and resolves when the batches already received are dealt with.
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
