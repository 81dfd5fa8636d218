import * as z from 'zod'
import { like } from './like.ts'
import { listOf } from './list-of.ts'

/** So many ARNs leave room for the other statements of the queue's policy. */
const MOST_NAMES = 40
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/
const TOPIC_RULE = 'must be the ARN of a standard SNS topic'
const TOPIC = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/

/** Who may send breach events, beyond what IAM policies of the same account allow. Whoever is named here can have anybody reset. */
export const ProducersSchema = z
  .strictObject({
    /** AWS accounts; each lets its own roles send by their IAM policies. */
    accounts: listOf(like(/^\d{12}$/, 'the 12 digits of an AWS account')).optional(),
    /** Roles, of any account. */
    roleArns: listOf(like(ROLE, 'the ARN of an IAM role')).optional(),
    /** An AWS Organization, all its accounts. */
    organizationId: like(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS Organization, o-...').optional(),
    /** A rule is made on this bus of the same account, for events of our `detail-type` with one of these EventBridge sources. */
    eventBus: z
      .strictObject({
        name: like(/^[\w./-]{1,256}$/, 'the name of an event bus'),
        sources: listOf(like(/^./, 'the source of an EventBridge event')),
      })
      .optional(),
    /**
     * The breach queue is subscribed to these SNS topics of the same region. A topic of the same CDK app subscribes it by
     * itself: `topic.addSubscription(new SqsSubscription(breachReset.queues.breach))`.
     */
    topicArns: listOf(z.string({ error: TOPIC_RULE }).regex(TOPIC, { error: TOPIC_RULE })).optional(),
  })
  .refine((producers) => Object.keys(producers).length > 0, {
    error: 'must name somebody, or be left out',
  })
  .refine(
    ({ accounts = [], roleArns = [], topicArns = [] }) =>
      accounts.length + roleArns.length + topicArns.length <= MOST_NAMES,
    {
      error: `must name at most ${MOST_NAMES} accounts, roles and topics, for a queue policy of SQS has 50 principals and 8 KB: name the organization instead`,
    },
  )

export type Producers = z.infer<typeof ProducersSchema>
