import * as z from 'zod'
import { like } from './like.ts'

/** What a queue policy of SQS takes. */
const MOST_PRINCIPALS = 50
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/
const TOPIC = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/

/** Who may send breach events, beyond what IAM policies of the same account allow. Whoever is named here can have anybody reset. */
export const ProducersSchema = z
  .strictObject({
    /** AWS accounts; each lets its own roles send by their IAM policies. */
    accounts: z.array(like(/^\d{12}$/, 'the 12 digits of an AWS account')).optional(),
    /** Roles, of any account. */
    roleArns: z.array(like(ROLE, 'the ARN of an IAM role')).optional(),
    /** An AWS Organization, all its accounts. */
    organizationId: like(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS Organization, o-...').optional(),
    /** A rule is made on this bus of the same account, for events of our `detail-type` with one of these EventBridge sources. */
    eventBus: z
      .strictObject({
        name: like(/^[\w./-]{1,256}$/, 'the name of an event bus'),
        sources: z.array(z.string().min(1)).min(1),
      })
      .optional(),
    /**
     * The breach queue is subscribed to these SNS topics of the same region. A topic of the same CDK app subscribes it by
     * itself: `topic.addSubscription(new SqsSubscription(breachReset.queues.breach))`.
     */
    topicArns: z
      .array(z.string().regex(TOPIC, { error: 'must be the ARN of a standard SNS topic' }))
      .refine((arns) => new Set(arns).size === arns.length, { error: 'must name each topic once' })
      .optional(),
  })
  .refine(({ accounts = [], roleArns = [] }) => accounts.length + roleArns.length <= MOST_PRINCIPALS, {
    error: `must name at most ${MOST_PRINCIPALS} accounts and roles, which is what SQS takes: name the organization instead`,
  })

export type Producers = z.infer<typeof ProducersSchema>
