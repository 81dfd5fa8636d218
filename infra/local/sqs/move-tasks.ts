import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { SqsMessage } from './message.ts'
import type { Queues, SqsQueue } from './queues.ts'
import { invalidParameter, SqsError } from './sqs-error.ts'

const TICKS_PER_SECOND = 50
const MAX_RATE = 500

const StartSchema = z.object({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(MAX_RATE).optional(),
})
const ListSchema = z.object({ SourceArn: z.string(), MaxResults: z.number().int().min(1).max(10).default(1) })
const CancelSchema = z.object({ TaskHandle: z.string() })

/** A message move task, with the fields that ListMessageMoveTasks answers. */
type MoveTask = z.infer<typeof StartSchema> & {
  TaskHandle: string
  Status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  ApproximateNumberOfMessagesMoved: number
  ApproximateNumberOfMessagesToMove: number
  FailureReason?: string
  StartedTimestamp: number
}

/** The three message move task actions, each of which takes its request body and throws SqsErrors; `stop` ends every running task. */
export type MoveTasks = {
  start(body: unknown): { TaskHandle: string }
  list(body: unknown): { Results: Partial<MoveTask>[] }
  cancel(body: unknown): { ApproximateNumberOfMessagesMoved: number }
  stop(): void
}

/** Creates the message move tasks of an account: none at first. */
export function createMoveTasks(queues: Queues, now: () => number): MoveTasks {
  const tasks: MoveTask[] = []
  const timers = new Set<NodeJS.Timeout>()

  return {
    start(body) {
      const request = StartSchema.parse(body)
      const source = findSource(queues, request)
      if (tasks.some(({ SourceArn, Status }) => SourceArn === source.arn && isActive(Status)))
        throw invalidParameter(
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        )
      const task: MoveTask = {
        ...request,
        TaskHandle: Buffer.from(`${randomUUID()} ${source.arn}`).toString('base64'),
        Status: 'RUNNING',
        ApproximateNumberOfMessagesMoved: 0,
        ApproximateNumberOfMessagesToMove: source.messages.visible().length,
        StartedTimestamp: now(),
      }
      tasks.unshift(task)
      const timer = setInterval(() => {
        advance(task, source, queues, now())
        if (!isActive(task.Status)) clearInterval(timer)
      }, 1000 / TICKS_PER_SECOND)
      timers.add(timer)
      return { TaskHandle: task.TaskHandle }
    },
    list(body) {
      const { SourceArn, MaxResults } = ListSchema.parse(body)
      const latest = tasks.filter((task) => task.SourceArn === SourceArn).slice(0, MaxResults)
      return {
        Results: latest.map(({ TaskHandle, ...task }) =>
          task.Status === 'RUNNING' ? { ...task, TaskHandle } : task,
        ),
      }
    },
    cancel(body) {
      const { TaskHandle } = CancelSchema.parse(body)
      const task = tasks.find((candidate) => candidate.TaskHandle === TaskHandle)
      if (task?.Status !== 'RUNNING')
        throw new SqsError(
          'ResourceNotFoundException',
          'There is no active message move task with this handle.',
        )
      task.Status = 'CANCELLING'
      return { ApproximateNumberOfMessagesMoved: task.ApproximateNumberOfMessagesMoved }
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

function isActive(status: MoveTask['Status']): boolean {
  return status === 'RUNNING' || status === 'CANCELLING'
}

function findSource(queues: Queues, { SourceArn, DestinationArn }: z.infer<typeof StartSchema>): SqsQueue {
  const source = queues.byArn(SourceArn)
  if (!source || (DestinationArn !== undefined && !queues.byArn(DestinationArn)))
    throw new SqsError(
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn or DestinationArn parameter doesn't exist.",
    )
  if (!queues.isDeadLetterQueue(SourceArn))
    throw invalidParameter('Source queue must be configured as a Dead Letter Queue.')
  return source
}

/** Moves as many messages as the task's rate allows by now, and brings its status up to date. */
function advance(task: MoveTask, source: SqsQueue, queues: Queues, now: number): void {
  if (task.Status === 'CANCELLING') {
    task.Status = 'CANCELLED'
    return
  }
  const { MaxNumberOfMessagesPerSecond: rate = MAX_RATE, ApproximateNumberOfMessagesToMove: toMove } = task
  const due = Math.min(toMove, Math.floor(((now - task.StartedTimestamp) / 1000) * rate))
  const left = due - task.ApproximateNumberOfMessagesMoved
  for (const message of source.messages.visible().slice(0, left)) {
    const destinationArn = task.DestinationArn ?? message.deadLetterSourceArn
    const destination = destinationArn === undefined ? undefined : queues.byArn(destinationArn)
    if (!destination) {
      task.Status = 'FAILED'
      task.FailureReason = 'CouldNotDetermineMessageSource'
      return
    }
    source.messages.remove(message)
    destination.messages.put(toNewMessage(message, now))
    task.ApproximateNumberOfMessagesMoved += 1
  }
  // What moves may come back to this queue at once: it must not be moved again.
  const isEmpty = source.messages.visible().length === 0
  if (isEmpty || task.ApproximateNumberOfMessagesMoved >= toMove) task.Status = 'COMPLETED'
}

function toNewMessage(message: SqsMessage, now: number): SqsMessage {
  return {
    ...message,
    ...{ id: randomUUID(), sentAt: now, visibleAt: now, receiveCount: 0 },
    ...{ firstReceivedAt: undefined, deadLetterSourceArn: undefined },
  }
}
