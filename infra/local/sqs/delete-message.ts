import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { checkReceiptHandle } from './check-receipt-handle.ts'
import type { StoredMessage } from './stored-message.ts'
import { workloadOf } from './workload-of.ts'

/**
 * Deletes the message received under a handle. A handle of an earlier receive deletes it only while it is visible; a
 * message that is gone already is no error. Throws ReceiptHandleIsInvalid for what is no receipt handle.
 */
export function deleteMessage(queue: SqsQueue, receiptHandle: string): Record<string, never> {
  checkReceiptHandle(receiptHandle)
  workloadOf(queue).ended(receiptHandle)
  const wasInFlight = queue.deleteMessage(receiptHandle)
  const isReceived = (message: StoredMessage) => message.receiptHandles?.includes(receiptHandle)
  if (!wasInFlight) queue.messages = queue.messages.filter((message) => !isReceived(message))
  return {}
}
