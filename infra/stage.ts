import { Token } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import * as z from 'zod'
import { MAX_MEMBERS, ModeSchema, opaqueId } from '../lib/contract/breach-event.ts'

/** A whole number within limits. */
function from(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

/** A text of a form. What another part of a CDK app will only know at deployment, such as `key.keyArn`, is taken as it is. */
function like(pattern: RegExp, what: string): z.ZodString {
  const error = `must be ${what}`
  return z.string({ error }).refine((text) => Token.isUnresolved(text) || pattern.test(text), { error })
}

/** A list that names at least one, and each once. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item, { error: 'must be a list' })
    .min(1, { error: 'must name at least one, or be left out' })
    .refine((items) => new Set(items).size === items.length, { error: 'must name each once' })
}

/** What a stage, or a source in it, may do: `enforce` resets; `dry_run` only decides and logs. */
const mode = z.enum(ModeSchema.options, { error: 'must be enforce or dry_run' })

const NAME_RULE = "must be the source of an event, as docs/contract.md has it, or '*'"

/**
 * What each source may send, by its `source` in the event; `'*'` stands for all that are not named here, which are counted
 * together. Of any other source everything is dead-lettered. A source is the sender's claim, and no proof: SECURITY.md.
 */
const SourcesSchema = z
  .record(
    opaqueId(512),
    z.strictObject({
      /** Left out: the stage's `maxMembersPerEvent`. */
      maxMembersPerEvent: from(1, MAX_MEMBERS).optional(),
      /** Rows of all its events in any 60 minutes, dry runs included. Left out: no limit. */
      maxMembersPerHour: from(1, 1_000_000).optional(),
      /** `dry_run` calls nobody, whatever the stage's mode. Left out: the stage's `mode`. */
      highestMode: mode.optional(),
    }),
    { error: ({ code }) => (code === 'invalid_key' ? NAME_RULE : 'must be an object of sources') },
  )
  .refine((sources) => Object.keys(sources).length > 0, {
    error: 'must name at least one, or be left out',
  })

/** So many ARNs leave room for the other statements of the queue's policy. */
const MAX_NAMES = 40
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
      accounts.length + roleArns.length + topicArns.length <= MAX_NAMES,
    {
      error: `must name at most ${MAX_NAMES} accounts, roles and topics, for a queue policy of SQS has 50 principals and 8 KB: name the organization instead`,
    },
  )

export type Producers = z.infer<typeof ProducersSchema>

const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u
const TAG_RULE =
  'letters, digits, spaces and _ . : / = + - @, in a key at most 128 and not beginning with aws:, in a value at most 256'

/** The knobs of one deployment. Units are in the names. What can't work is refused at synth, here and in derive-settings.ts. */
export const StageSchema = z.strictObject({
  /** `enforce` resets; `dry_run` only decides and logs. */
  mode,
  /**
   * What Stytch may be asked in all, by every execution environment together; they go at 96 % of it. Agree it with Stytch: they
   * publish no figure.
   */
  stytchRequestsPerSecond: from(1, 10_000),
  /** Execution environments of require-reset that run at once. They share the budget, best without a remainder. */
  maximumConcurrency: from(2, 1_000),
  /**
   * Executions of the account kept for require-reset, so that other functions can't starve it: `maximumConcurrency` or
   * more. AWS keeps 100 of the account unreserved, and a new account may have 10 in all. Left out: nothing is reserved.
   */
  reservedConcurrency: from(2, 10_000).optional(),
  /** The brake: an event with more members resets nobody and waits on the dead-letter queue for a human. */
  maxMembersPerEvent: from(1, MAX_MEMBERS),
  /** Of both functions. */
  functionTimeoutSeconds: from(1, 900),
  memoryMb: from(128, 10_240),
  /** How long one call to Stytch may take. */
  stytchTimeoutSeconds: from(1, 900),
  /** How long a member is tried again before it is dead-lettered. Stytch has had outages of two hours. */
  retryHorizonHours: from(2, 14 * 24),
  /** How long a message that a crash left behind is hidden. Left out: six times the function timeout, which AWS asks for. */
  visibilityTimeoutSeconds: from(1, 43_200).optional(),
  /** Messages per invocation, at most. Left out: 10, the most that SQS hands out at once, or as many as there is time to call. */
  recordsPerBatch: from(1, 10).optional(),
  /**
   * Members per message of the reset queue, at most: fan-out makes them smaller, so that an event fills every environment.
   * Left out: what an environment's share of the rate calls in 3 seconds, shared out among `recordsPerBatch` messages.
   */
  membersPerMessage: from(1, 1_000).optional(),
  logRetentionDays: z.enum(RetentionDays, {
    error: 'must be a number of days that CloudWatch Logs offers: 14, 90, 365',
  }),
  /** Whether ledger, keys and queues outlive the stack. Without the ledger everybody can be reset again. */
  retainData: z.boolean({ error: 'must be true or false' }),
  /** Who may send breach events. Left out: only who may by IAM policies of this account. */
  producers: ProducersSchema.optional(),
  /** Which sources are trusted, and how far. Left out: all, as far as the stage's other limits go. */
  sources: SourcesSchema.optional(),
  /** Gets every alarm, once the subscription that AWS mails is confirmed. */
  alarmEmail: like(/^[^\s@]+@[^\s@]+$/, 'an e-mail address').optional(),
  /** A topic of yours that gets every alarm, instead of one made here. Its policies must let CloudWatch publish. */
  alarmTopicArn: like(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of a standard SNS topic').optional(),
  /** Where your copy of docs/runbook.md is read, for the links in alarms and dashboard. */
  runbookUrl: like(/^https:\/\/[^\s#]+$/, 'an https URL without #').optional(),
  /** How often an event with one made-up address is sent through everything. Left out: never, and no alarm misses it. */
  canaryEveryMinutes: from(5, 12 * 60).optional(),
  /** On every resource that takes tags. */
  tags: z
    .record(z.string().regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu), like(TAG, TAG_RULE), {
      error: ({ code }) =>
        code === 'invalid_key' ? `is no tag's key: ${TAG_RULE}` : 'must be an object of texts',
    })
    .optional(),
  /** Subnets for both functions. They need a way out to Stytch and to AWS, such as NAT. */
  vpc: z
    .strictObject({
      subnetIds: listOf(like(/^subnet-[0-9a-f]+$/, 'a subnet id')),
      securityGroupIds: listOf(like(/^sg-[0-9a-f]+$/, 'a security group id')),
    })
    .optional(),
  /** A KMS key of yours for queues, ledger, secrets, logs and alarms, instead of one made here. Its policy: docs/deploy.md. */
  kmsKeyArn: like(
    /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
    'the ARN of a KMS key, not of an alias',
  ).optional(),
  /** The managed policy that your organization puts as a boundary on every role. */
  permissionsBoundaryArn: like(
    /^arn:[\w-]+:iam::(\d{12}|aws):policy\/\S+$/,
    'the ARN of a managed policy',
  ).optional(),
})

export type Stage = z.infer<typeof StageSchema>
