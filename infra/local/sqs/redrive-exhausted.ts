import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { redrivePolicy } from './redrive-policy.ts'
import type { StoredMessage } from './stored-message.ts'

/**
 * Moves the visible messages that were already received `maxReceiveCount` times to the dead-letter queue. SQS does it
 * on the next receive; id, body, attributes, enqueue time and receive count stay.
 */
export function redriveExhausted(store: SqsStore, queue: SqsQueue): void {
  const policy = redrivePolicy(queue.attributes)
  const deadLetterQueue = policy && store.getQueueByArn(policy.deadLetterTargetArn)
  if (!deadLetterQueue) return
  const isExhausted = (message: StoredMessage) => message.approximateReceiveCount >= policy.maxReceiveCount
  if (!queue.messages.some(isExhausted)) return
  const exhausted = queue.messages.filter(isExhausted)
  queue.messages = queue.messages.filter((message) => !isExhausted(message))
  for (const message of exhausted) {
    const moved: StoredMessage = Object.assign(message, { deadLetterSourceArn: queue.arn })
    deadLetterQueue.enqueue(moved)
  }
}
