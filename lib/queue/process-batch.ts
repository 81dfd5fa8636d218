import type { SQSBatchResponse } from 'aws-lambda'
import type { Observe } from '../observability/observe.ts'

/**
 * Handles the records of a batch at the same time and returns the partial batch response. Only a record whose handler rejects is
 * reported as failed: SQS delivers it again and deletes the others. An invocation without records throws, because SQS
 * would take an empty response for success.
 */
export async function processBatch<Record extends { messageId: string }>(
  records: readonly Record[] | undefined,
  handleRecord: (record: Record) => Promise<void>,
  observe: Pick<Observe, 'failure' | 'measure'>,
): Promise<SQSBatchResponse> {
  if (!Array.isArray(records)) throw new TypeError('the invocation has no SQS records')
  const failures = await Promise.all(
    records.map(async (record: Record) => {
      try {
        await handleRecord(record)
        return []
      } catch (error) {
        observe.failure('record failed', error)
        observe.measure('RecordFailed', 1)
        return [{ itemIdentifier: record.messageId }]
      }
    }),
  )
  return { batchItemFailures: failures.flat() }
}
