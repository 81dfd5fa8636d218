import { QueueDoesNotExistError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { refreshQueue } from './refresh-queue.ts'

/** The queue with a URL, brought up to date. Throws QueueDoesNotExist. */
export function findQueue(store: SqsStore, queueUrl: string): SqsQueue {
  const queue = store.getQueue(queueUrl)
  if (!queue) throw new QueueDoesNotExistError()
  refreshQueue(queue)
  return queue
}
