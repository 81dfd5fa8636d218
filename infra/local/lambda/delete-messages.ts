import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'

const BATCH_LIMIT = 10

/**
 * Deletes messages by receipt handle; what SQS refuses, or a request that fails, is tried once more.
 * Resolves to how many are deleted: the others simply come again.
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
