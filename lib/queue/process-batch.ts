import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'

/**
 * Runs the record handler on every record of a batch at once and returns the partial batch response.
 * A record whose handler throws is the only one reported as failed: SQS delivers it again, the others are deleted.
 * An invocation without records throws: an empty answer would be taken as success.
 */
export async function processBatch(
  event: SQSEvent,
  handleRecord: (record: SQSRecord) => Promise<void>,
  onFailure: (record: SQSRecord, error: unknown) => void,
): Promise<SQSBatchResponse> {
  if (!Array.isArray(event.Records)) throw new TypeError('the invocation has no SQS records')
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      try {
        await handleRecord(record)
        return []
      } catch (error) {
        onFailure(record, error)
        return [{ itemIdentifier: record.messageId }]
      }
    }),
  )
  return { batchItemFailures: failed.flat() }
}
