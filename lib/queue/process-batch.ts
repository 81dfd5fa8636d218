import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'

/** Resolves to nothing, or to a last step that runs once the handlers of all records of the batch have come that far. */
export type HandleRecord = (record: SQSRecord) => Promise<void | (() => Promise<void>)>

/**
 * Runs the record handler on every record of a batch at once and returns the partial batch response.
 * A record whose handler throws is the only one reported as failed: SQS delivers it again, the others are deleted.
 * An invocation without records throws: an empty answer would be taken as success.
 */
export async function processBatch(
  event: SQSEvent,
  handleRecord: HandleRecord,
  onFailure: (record: SQSRecord, error: unknown) => void,
): Promise<SQSBatchResponse> {
  if (!Array.isArray(event.Records)) throw new TypeError('the invocation has no SQS records')
  const handled = event.Records.map((record) => ({ record, lastStep: handleRecord(record) }))
  await Promise.allSettled(handled.map(({ lastStep }) => lastStep))
  const failed = await Promise.all(
    handled.map(async ({ record, lastStep }) => {
      try {
        await (await lastStep)?.()
        return []
      } catch (error) {
        onFailure(record, error)
        return [{ itemIdentifier: record.messageId }]
      }
    }),
  )
  return { batchItemFailures: failed.flat() }
}
