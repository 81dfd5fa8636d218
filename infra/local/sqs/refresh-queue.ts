import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/**
 * Brings a queue up to date: messages whose visibility timeout or delay is over become visible, visible ones past the
 * retention period go. fauxqs would do the first only on a receive (so counts were stale), the second never.
 */
export function refreshQueue(queue: SqsQueue, now: number = Date.now()): void {
  queue.processTimers()
  const oldest = now - Number(queue.attributes.MessageRetentionPeriod) * 1000
  if (queue.messages.some(({ sentTimestamp }) => sentTimestamp < oldest))
    queue.messages = queue.messages.filter(({ sentTimestamp }) => sentTimestamp >= oldest)
}
