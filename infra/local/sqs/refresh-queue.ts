import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/** Retention is counted in minutes at least, and every request refreshes its queue, however long it is. */
const SWEEP_EVERY_MS = 1000
const sweptAt = new WeakMap<SqsQueue, number>()

/**
 * Brings a queue up to date: messages whose visibility timeout or delay is over become visible, visible ones past the
 * retention period go (within a second). fauxqs would do the first only on a receive (so counts were stale), the second never.
 */
export function refreshQueue(queue: SqsQueue, now: number = Date.now()): void {
  queue.processTimers()
  if (now - (sweptAt.get(queue) ?? 0) < SWEEP_EVERY_MS) return
  sweptAt.set(queue, now)
  const oldest = now - Number(queue.attributes.MessageRetentionPeriod) * 1000
  if (queue.messages.some(({ sentTimestamp }) => sentTimestamp < oldest))
    queue.messages = queue.messages.filter(({ sentTimestamp }) => sentTimestamp >= oldest)
}
