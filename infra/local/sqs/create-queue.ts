import * as z from 'zod'
import { sqsQueueArn } from '../../../node_modules/fauxqs/dist/common/arnHelper.js'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { validateQueueAttributes } from '../../../node_modules/fauxqs/dist/sqs/sqsTypes.js'
import { checkRedrivePolicy } from './check-redrive-policy.ts'

const RequestSchema = z.object({
  QueueName: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
})

/**
 * Creates the standard queue that the body of a CreateQueue request describes, or returns it when it is there with the
 * same attributes. Throws an SqsError for what SQS refuses.
 */
export function createQueue(store: SqsStore, endpoint: string, body: unknown): SqsQueue {
  const { QueueName, Attributes, tags } = RequestSchema.parse(body)
  if (!/^[\w-]{1,80}$/.test(QueueName) || Attributes.FifoQueue !== undefined)
    throw new SqsError(
      'InvalidParameterValue',
      'Only standard queues are here; a name has 1 to 80 alphanumeric characters, hyphens or underscores.',
    )
  const arn = sqsQueueArn(QueueName, 'us-east-1')
  validateQueueAttributes(Attributes, SqsError)
  checkRedrivePolicy(store, arn, Attributes)
  const existing = store.getQueueByArn(arn)
  if (existing && Object.entries(Attributes).some(([name, value]) => existing.attributes[name] !== value))
    throw new SqsError(
      'QueueNameExists',
      'A queue already exists with the same name and a different value for an attribute.',
    )
  return (
    existing ?? store.createQueue(QueueName, `${endpoint}/000000000000/${QueueName}`, arn, Attributes, tags)
  )
}
