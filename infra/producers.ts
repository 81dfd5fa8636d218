import * as z from 'zod'

const ACCOUNT = /^\d{12}$/
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/
const ORGANIZATION = /^o-[a-z0-9]{10,32}$/
const TOPIC = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/

/** Who may send breach events, beyond what IAM policies of the same account allow. Whoever is named here can have anybody reset. */
export const ProducersSchema = z.strictObject({
  /** AWS accounts; each lets its own roles send by their IAM policies. */
  accounts: z
    .array(z.string().regex(ACCOUNT, { error: 'must be the 12 digits of an AWS account' }))
    .optional(),
  /** Roles, of any account. */
  roleArns: z.array(z.string().regex(ROLE, { error: 'must be the ARN of an IAM role' })).optional(),
  /** An AWS Organization, all its accounts. */
  organizationId: z
    .string()
    .regex(ORGANIZATION, { error: 'must be the id of an AWS Organization, o-...' })
    .optional(),
  /** A rule is made on this bus of the same account, for events of our `detail-type` with one of these EventBridge sources. */
  eventBus: z
    .strictObject({ name: z.string().min(1), sources: z.array(z.string().min(1)).min(1) })
    .optional(),
  /** The breach queue is subscribed to these SNS topics. */
  topicArns: z
    .array(z.string().regex(TOPIC, { error: 'must be the ARN of a standard SNS topic' }))
    .optional(),
})

export type Producers = z.infer<typeof ProducersSchema>
