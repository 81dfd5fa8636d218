import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { redrivePolicy } from './redrive-policy.ts'

/** The queues whose redrive policy names the queue with this ARN as their dead-letter queue. */
export function deadLetterSources(store: SqsStore, arn: string): SqsQueue[] {
  return [...store.allQueues()].filter(
    ({ attributes }) => redrivePolicy(attributes)?.deadLetterTargetArn === arn,
  )
}
