import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { moveMessage } from './move-message.ts'
import type { MoveTask } from './move-task.ts'

const TICKS_PER_SECOND = 50
const DEFAULT_RATE = 500

/** Moves messages at the task's rate until it is completed, cancelled or failed. Returns what breaks it off. */
export function runMoveTask(store: SqsStore, source: SqsQueue, task: MoveTask): () => void {
  let budget = 0
  const timer = setInterval(() => {
    budget += (task.MaxNumberOfMessagesPerSecond ?? DEFAULT_RATE) / TICKS_PER_SECOND
    for (; budget >= 1 && task.Status === 'RUNNING'; budget--) moveMessage(store, source, task)
    if (task.Status === 'CANCELLING') task.Status = 'CANCELLED'
    if (task.Status !== 'RUNNING') clearInterval(timer)
  }, 1000 / TICKS_PER_SECOND)
  return () => clearInterval(timer)
}
