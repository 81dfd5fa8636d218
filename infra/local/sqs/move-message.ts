import { type SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import type { MoveTask } from './move-task.ts'
import type { StoredMessage } from './stored-message.ts'

/**
 * Moves the first visible message of a move task's source queue to the task's destination, or else to the queue it came
 * from: a new message with a new id, enqueue time and receive count. Brings the task's counts and status up to date.
 */
export function moveMessage(store: SqsStore, source: SqsQueue, task: MoveTask): void {
  const message: StoredMessage | undefined = source.messages[0]
  if (!message || task.ApproximateNumberOfMessagesMoved >= task.ApproximateNumberOfMessagesToMove) {
    task.Status = 'COMPLETED'
    return
  }
  const destinationArn = task.DestinationArn ?? message.deadLetterSourceArn
  const destination = destinationArn === undefined ? undefined : store.getQueueByArn(destinationArn)
  if (!destination) {
    task.Status = 'FAILED'
    task.FailureReason = destinationArn
      ? 'AWS.SimpleQueueService.NonExistentQueue'
      : 'CouldNotDetermineMessageSource'
    return
  }
  source.messages.shift()
  destination.enqueue(
    Object.assign(
      SqsStore.createMessage(message.body, message.messageAttributes, undefined, message.messageGroupId),
      { traceHeader: message.traceHeader },
    ),
  )
  task.ApproximateNumberOfMessagesMoved += 1
}
