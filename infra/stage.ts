import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Token } from 'aws-cdk-lib/core'
import * as z from 'zod'
import { MAX_MEMBERS, ModeSchema, opaqueId } from '../lib/contract/breach-event.ts'
import { SENDER_ID } from '../lib/queue/sender-id.ts'
import { StytchEnvironmentSchema } from '../lib/stytch/credentials.ts'

/**
 * All settings of one deployment: below by subject, in `StageSchema` together. Units are in the names. An optional setting says
 * what happens when it is left out. Settings that can't work are refused when the app is synthesized, here and in
 * derive-settings.ts, with a message that says what to change.
 */
export type Stage = z.infer<typeof StageSchema>

const mode = z.enum(ModeSchema.options, { error: 'must be enforce or dry_run' })

/** What happens to a member, and how fast. */
const RESETTING = {
  /** `enforce` resets passwords; `dry_run` only decides and logs. */
  mode,
  /** Which of Stytch's environments the key must be of: `live` has your customers. With a key of the other one nobody is called. */
  stytchEnvironment: StytchEnvironmentSchema,
  /**
   * How many requests per second Stytch may get from this deployment, all execution environments together. Calls run evenly, at
   * about 96 % of it. Agree on the figure with Stytch, who do not publish one.
   */
  stytchRequestsPerSecond: intBetween(1, 10_000),
  /**
   * How many execution environments of require-reset run at the same time. They share the rate, ideally without a remainder.
   * Of end-sessions as many, or so few that each has 10 searches a minute and little of a rate is lost by sharing it.
   */
  maximumConcurrency: intBetween(2, 1_000),
  /**
   * How many concurrent executions of the account are reserved for require-reset, so that other functions can't starve it:
   * `maximumConcurrency` or more. AWS keeps 100 of the account unreserved, and a new account may have only 10 in total.
   * Left out: none are reserved.
   */
  reservedConcurrency: intBetween(2, 10_000).optional(),
  /** How long one call to Stytch may take. */
  stytchTimeoutSeconds: intBetween(1, 900),
  /** How long a member is retried before the member is dead-lettered. Stytch has had outages of two hours. */
  retryHorizonHours: intBetween(2, 14 * 24),
}

/** How the sessions of everyone who was reset end: an open session outlives the password it began with. */
const SESSIONS = {
  /** Whether they end. `false` leaves out end-sessions with its queue, and anyone who stole a session keeps it. */
  endSessions: z.boolean({ error: 'must be true or false' }),
  /** How many searches a minute Stytch may get. Left out: 100. */
  sessionSearchesPerMinute: intBetween(2, 100_000).optional(),
  /** How many members per second are logged out. Left out: `stytchRequestsPerSecond`. */
  sessionRevocationsPerSecond: intBetween(1, 10_000).optional(),
  /** How many log-outs per second are read back. Left out: `stytchRequestsPerSecond`. */
  sessionReadBacksPerSecond: intBetween(1, 10_000).optional(),
  /** How long Lambda gathers messages for a batch, so that many people share a search. Left out: 5. */
  sessionsWindowSeconds: intBetween(1, 300).optional(),
}

/** The functions and their queues. */
const FUNCTIONS = {
  /** The timeout of each function. */
  functionTimeoutSeconds: intBetween(1, 900),
  /** The memory of each function. */
  memoryMb: intBetween(128, 10_240),
  /**
   * How long a message stays hidden after a crash, on the sessions queue longer by `sessionsWindowSeconds`, at most 43,200.
   * Left out: six times the function timeout, as AWS recommends.
   */
  visibilityTimeoutSeconds: intBetween(1, 43_200).optional(),
  /** Messages per invocation, at most. Left out: 10, the most SQS returns at once, or fewer if an invocation has no time to call that many. */
  recordsPerBatch: intBetween(1, 10).optional(),
  /**
   * Members per message on the reset queue, at most: fan-out makes messages smaller when that lets an event use every environment.
   * Left out: what an environment can call in 3 seconds, divided by `recordsPerBatch`.
   */
  membersPerMessage: intBetween(1, 1_000).optional(),
}

const SOURCE_RULE = "must be an event source as docs/contract.md defines it, or '*'"

const SourcesSchema = z
  .record(
    opaqueId(512),
    z.strictObject({
      /** Left out: `maxMembersPerEvent` of the stage. */
      maxMembersPerEvent: intBetween(1, MAX_MEMBERS).optional(),
      /** Rows in all events of this source within any 60 minutes, dry runs included. Left out: no limit. */
      maxMembersPerHour: intBetween(1, 1_000_000).optional(),
      /** `dry_run` calls nobody, whatever the mode of the stage. Left out: `mode` of the stage. */
      highestMode: mode.optional(),
      /**
       * Who alone may send its events, by the unique ids of roles or users (`role.roleId`, or as `breach-reset status` shows them), or by
       * accounts. Include the roles of those who redrive: a redrive is sent by them. Left out: anyone who may send to the breach queue.
       */
      senders: uniqueList(
        matching(
          SENDER_ID,
          'the unique id of a role or user, AROA... or AIDA..., or the 12 digits of an AWS account',
        ),
      ).optional(),
    }),
    { error: ({ code }) => (code === 'invalid_key' ? SOURCE_RULE : 'must be an object of sources') },
  )
  .refine((sources) => Object.keys(sources).length > 0, {
    error: 'must name at least one, or be left out',
  })

/** This many ARNs leave room for the other statements of the queue policy. */
const MAX_PRODUCERS = 40
const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/\S+$/
const TOPIC_ARN = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/
const BUS_NAME = /^[\w./-]{1,256}$/
const TOPIC_RULE = 'the ARN of a standard SNS topic'

/** Who may send breach events, in addition to what IAM policies of the same account allow. Anyone named here can have anyone reset. */
export const ProducersSchema = z
  .strictObject({
    /** AWS accounts. Each account decides by its own IAM policies which of its roles send. */
    accounts: uniqueList(matching(/^\d{12}$/, 'the 12 digits of an AWS account')).optional(),
    /** Roles, in any account. */
    roleArns: uniqueList(matching(ROLE_ARN, 'the ARN of an IAM role')).optional(),
    /** An AWS Organization with all its other accounts. In this one IAM policies decide, as without it. */
    organizationId: matching(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS Organization, o-...').optional(),
    /** An event bus in the same account, which gets a rule for events with our `detail-type` and one of these EventBridge sources. */
    eventBus: z
      .strictObject({
        name: matching(BUS_NAME, 'the name of an event bus'),
        sources: uniqueList(matching(/^./, 'the source of an EventBridge event')),
      })
      .optional(),
    /**
     * SNS topics in the same region, to which the breach queue is subscribed. For a topic in the same CDK app, subscribe the queue
     * yourself instead: `topic.addSubscription(new SqsSubscription(breachReset.queues.breach))`.
     */
    topicArns: uniqueList(
      z.string({ error: `must be ${TOPIC_RULE}` }).regex(TOPIC_ARN, { error: `must be ${TOPIC_RULE}` }),
    ).optional(),
  })
  .refine((producers) => Object.keys(producers).length > 0, {
    error: 'must name at least one producer, or be left out',
  })
  .refine(
    ({ accounts = [], roleArns = [], topicArns = [] }) =>
      accounts.length + roleArns.length + topicArns.length <= MAX_PRODUCERS,
    {
      error: `must name at most ${MAX_PRODUCERS} accounts, roles and topics, because an SQS queue policy holds 50 principals and 8 KB: name the organization instead`,
    },
  )

export type Producers = z.infer<typeof ProducersSchema>

/** Which breach events get in. */
const ADMISSION = {
  /** The brake: an event with more members resets nobody and waits on the dead-letter queue for a human decision. */
  maxMembersPerEvent: intBetween(1, MAX_MEMBERS),
  /**
   * The brake of the whole stage: rows in all events within any 60 minutes, dry runs included and canaries not. An event for which this leaves no
   * room resets nobody and waits on the dead-letter queue. Left out: no limit.
   */
  maxMembersPerHour: intBetween(1, 1_000_000).optional(),
  /** Who may send breach events. Left out: only principals that IAM policies of this account allow. */
  producers: ProducersSchema.optional(),
  /**
   * What each event source may send, by the `source` of the event. `'*'` stands for every source not named here; those share its
   * limits. Events from any other source are dead-lettered. A source is what the sender claims, not a proof: see SECURITY.md.
   * Left out: every source, within the other limits of the stage.
   */
  sources: SourcesSchema.optional(),
}

const BUS_ARN = /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]{1,256}$/
const BUS_OR_ARN = new RegExp(`${BUS_NAME.source}|${BUS_ARN.source}`)

/** How the deployment is watched. */
const OPERATIONS = {
  /** Where outcome events go (docs/outcomes.md). Left out: none are sent. */
  outcomes: z
    .strictObject({
      /**
       * An event bus in the same region: its name, or its ARN if it is in another account, whose policy must let the functions put events.
       * AWS does not report a bus that does not exist. A value only known at deployment must be the ARN: `bus.eventBusArn`.
       */
      eventBus: matching(BUS_OR_ARN, 'the name or the ARN of an event bus'),
    })
    .optional(),
  /** An address that gets every alarm, once the subscription that AWS mails to it is confirmed. */
  alarmEmail: matching(/^[^\s@]+@[^\s@]+$/, 'an e-mail address').optional(),
  /** A topic of yours that gets every alarm, instead of one made here. Its policies must let CloudWatch publish. */
  alarmTopicArn: matching(TOPIC_ARN, TOPIC_RULE).optional(),
  /** Where your copy of docs/runbook.md is, for the links in alarms and on the dashboard. */
  runbookUrl: matching(/^https:\/\/[^\s#]+$/, 'an https URL without #').optional(),
  /** How many members within 5 minutes, received or reset, are so unusual that there is an alarm. Left out: no such alarm. */
  alarmAboveMembersPer5Minutes: intBetween(1, 1_000_000).optional(),
  /** How often an event with one made-up address is sent through the whole system. Left out: never, and without an alarm for it. */
  canaryEveryMinutes: intBetween(5, 12 * 60).optional(),
  logRetentionDays: z.enum(RetentionDays, {
    error: 'must be a number of days that CloudWatch Logs offers: 14, 90, 365',
  }),
}

const TAG_KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u
const TAG_RULE =
  'letters, digits, spaces and _ . : / = + - @, in a key at most 128 and not beginning with aws:, in a value at most 256'
const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/
const POLICY_ARN = /^arn:[\w-]+:iam::(\d{12}|aws):policy\/\S+$/

/** How the resources fit into your AWS account. */
const ACCOUNT = {
  /** Whether ledger, keys, queues and logs outlive the stack. Without the ledger, everyone can be reset again. */
  retainData: z.boolean({ error: 'must be true or false' }),
  /** Tags for every resource that takes tags. */
  tags: z
    .record(z.string().regex(TAG_KEY), matching(TAG_VALUE, TAG_RULE), {
      error: ({ code }) =>
        code === 'invalid_key' ? `is not a tag key: ${TAG_RULE}` : 'must be an object of texts',
    })
    .optional(),
  /** Subnets for the functions. They need a route to Stytch and to AWS, such as a NAT gateway. */
  vpc: z
    .strictObject({
      subnetIds: uniqueList(matching(/^subnet-[0-9a-f]+$/, 'a subnet id')),
      securityGroupIds: uniqueList(matching(/^sg-[0-9a-f]+$/, 'a security group id')),
    })
    .optional(),
  /** A KMS key of yours for queues, ledger, secrets, logs and alarms, instead of one made here. Its key policy: docs/deploy.md. */
  kmsKeyArn: matching(KEY_ARN, 'the ARN of a KMS key, not of an alias').optional(),
  /**
   * A KMS key of yours for the breach queue alone, the only one that producers use. Left out: `kmsKeyArn` or, without that, one made here.
   */
  breachKmsKeyArn: matching(KEY_ARN, 'the ARN of a KMS key, not of an alias').optional(),
  /** The managed policy that your organization requires as permissions boundary on every role. */
  permissionsBoundaryArn: matching(POLICY_ARN, 'the ARN of a managed policy').optional(),
}

/** Checks a stage, setting by setting. What settings must be together is checked in derive-settings.ts. */
export const StageSchema = z.strictObject({
  ...RESETTING,
  ...SESSIONS,
  ...FUNCTIONS,
  ...ADMISSION,
  ...OPERATIONS,
  ...ACCOUNT,
})

/** A whole number within limits. */
function intBetween(min: number, max: number): z.ZodInt {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A string that matches a pattern. A value that a CDK app only knows at deployment, such as `key.keyArn`, is accepted as it is. */
function matching(pattern: RegExp, what: string): z.ZodString {
  const error = `must be ${what}`
  return z.string({ error }).refine((text) => Token.isUnresolved(text) || pattern.test(text), { error })
}

/** A list with at least one item, and no item twice. */
function uniqueList<Item extends z.ZodType>(item: Item) {
  return z
    .array(item, { error: 'must be a list' })
    .min(1, { error: 'must name at least one, or be left out' })
    .refine((items) => new Set(items).size === items.length, { error: 'must name each once' })
}
