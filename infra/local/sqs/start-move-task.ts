import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { deadLetterSources } from './dead-letter-sources.ts'
import type { MoveTask } from './move-task.ts'
import { refreshQueue } from './refresh-queue.ts'

const RequestSchema = z.object({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(500).optional(),
})

/** Checks a StartMessageMoveTask request and returns its task with the queue it moves from. Throws SqsErrors. */
export function startMoveTask(
  store: SqsStore,
  tasks: readonly MoveTask[],
  body: unknown,
): { task: MoveTask; source: SqsQueue } {
  const request = RequestSchema.parse(body)
  const { SourceArn, DestinationArn } = request
  const source = store.getQueueByArn(SourceArn)
  if (!source || (DestinationArn !== undefined && !store.getQueueByArn(DestinationArn)))
    throw new SqsError(
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn or DestinationArn parameter doesn't exist.",
    )
  if (deadLetterSources(store, SourceArn).length === 0)
    throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.')
  if (tasks.some((task) => task.SourceArn === SourceArn && /RUNNING|CANCELLING/.test(task.Status)))
    throw new SqsError(
      'InvalidParameterValue',
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    )
  refreshQueue(source)
  const task: MoveTask = {
    ...request,
    TaskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString(
      'base64',
    ),
    Status: 'RUNNING',
    ApproximateNumberOfMessagesMoved: 0,
    ApproximateNumberOfMessagesToMove: source.messages.length,
    StartedTimestamp: Date.now(),
  }
  return { task, source }
}
