import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { createWorkload, type Workload } from './create-workload.ts'

const workloads = new WeakMap<SqsQueue, Workload>()

/** The workload of a queue, which fauxqs has no place for; empty at first. */
export function workloadOf(queue: SqsQueue): Workload {
  const workload = workloads.get(queue) ?? createWorkload()
  workloads.set(queue, workload)
  return workload
}
