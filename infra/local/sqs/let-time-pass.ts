import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/** Ends every visibility timeout and delay on a queue, so that all its messages can be received at once. */
export function letTimePass(queue: SqsQueue): void {
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline = 0
  for (const message of queue.delayedMessages) message.delayUntil = 0
  queue.processTimers()
}
