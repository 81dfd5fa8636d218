import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import type { MoveTask } from './move-task.ts'
import { runMoveTask } from './run-move-task.ts'
import { startMoveTask } from './start-move-task.ts'

const ListSchema = z.object({ SourceArn: z.string(), MaxResults: z.number().int().min(1).max(10).default(1) })
const CancelSchema = z.object({ TaskHandle: z.string() })

export type MoveTasks = {
  start(body: unknown): { TaskHandle: string }
  list(body: unknown): { Results: Partial<MoveTask>[] }
  cancel(body: unknown): { ApproximateNumberOfMessagesMoved: number }
  /** Breaks off every running task. */
  stop(): void
}

/** Creates the three message move task actions, each of which takes its request body. fauxqs has none of them. */
export function createMoveTasks(store: SqsStore): MoveTasks {
  const tasks: MoveTask[] = []
  const breakOffs: (() => void)[] = []

  return {
    start(body) {
      const { task, source } = startMoveTask(store, tasks, body)
      tasks.unshift(task)
      breakOffs.push(runMoveTask(store, source, task))
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
      for (const breakOff of breakOffs) breakOff()
    },
  }
}
