import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

const INTERVAL_MS = 60_000

/** Creates the PurgeQueue action, which throws PurgeQueueInProgress within 60 seconds of a queue's last purge. */
export function createPurgeQueue(now: () => number = Date.now): (queue: SqsQueue) => Record<string, never> {
  const purgedAt = new WeakMap<SqsQueue, number>()
  return function purgeQueue(queue) {
    if (now() - (purgedAt.get(queue) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS)
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      )
    purgedAt.set(queue, now())
    queue.purge()
    return {}
  }
}
