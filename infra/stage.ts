import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { IManagedPolicy, IRole } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Duration, Token } from 'aws-cdk-lib/core'
import * as z from 'zod'
import { MAX_MEMBERS, ModeSchema, opaqueId } from '../lib/contract/breach-event.ts'
import { SENDER_ID } from '../lib/queue/sender-id.ts'
import { StytchEnvironmentSchema } from '../lib/stytch/credentials.ts'
import { assertStage } from './assert-stage.ts'
import type { AlarmThresholds, BreachResetProps, VpcIds } from './props.ts'
import {
  constructOr,
  constructWith,
  durationBetween,
  has,
  intBetween,
  isKnownLater,
  matching,
  optionalList,
  uniqueList,
} from './setting-types.ts'

/**
 * Checks settings one by one, and fills in the defaults that props.ts names. What settings must be together is checked in
 * derive-settings.ts. Throws an Error that names the setting and the rule.
 */
export function toStage(props: BreachResetProps): Stage {
  const { data, error } = StageSchema.safeParse(props, { reportInput: true })
  if (data) return data as Stage
  // Zod has two issues with a number that is far too large.
  assertStage(false, [...new Set(error.issues.map(describeIssue))].join('; '))
}

/** The settings of a deployment, checked one by one, with every default filled in. What each of them means: props.ts. */
export type Stage = BreachResetProps & {
  readonly [Name in keyof typeof WITH_DEFAULT]-?: NonNullable<BreachResetProps[Name]>
} & { readonly alarmThresholds: Thresholds }
export type Thresholds = AlarmThresholds & Required<Omit<AlarmThresholds, 'membersPer5Minutes'>>

const seconds = (min: number, max: number) =>
  durationBetween(Duration.seconds(min), Duration.seconds(max), 'seconds')
const bool = z.boolean({ error: 'must be true or false' })
const mode = z.enum(ModeSchema.options, { error: 'must be enforce or dry_run' })
const percent = intBetween(0, 100)

const SOURCE_RULE = "must be an event source as docs/contract.md defines it, or '*'"

const SourcesSchema = z
  .record(
    opaqueId(512),
    z.strictObject({
      maxMembersPerEvent: intBetween(1, MAX_MEMBERS).optional(),
      maxMembersPerHour: intBetween(1, 1_000_000).optional(),
      highestMode: mode.optional(),
      senders: optionalList(
        matching(
          SENDER_ID,
          'the unique id of a role or user, AROA... or AIDA..., or the 12 digits of an AWS account',
        ),
      ),
    }),
    { error: ({ code }) => (code === 'invalid_key' ? SOURCE_RULE : 'must be an object of sources') },
  )
  .refine((sources) => Object.keys(sources).length > 0, {
    error: 'must name at least one, or be left out',
  })

/** This many ARNs leave room for the other statements of the queue policy. */
const MAX_PRODUCERS = 40
const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/
const TOPIC_ARN = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/
const BUS_NAME = /^[\w./-]{1,256}$/
const BUS_ARN = /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]{1,256}$/
const TOPIC_RULE = 'a standard SNS topic or its ARN'
const topic = constructOr<ITopic>('topicArn', TOPIC_ARN, TOPIC_RULE).refine(
  (value) => !(has(value, 'fifo') && value.fifo),
  { error: `must be ${TOPIC_RULE}` },
)
/** A subscription is named after its topic, for which such an ARN does not do. */
const producerTopic = topic.refine((value) => typeof value !== 'string' || !Token.isUnresolved(value), {
  error: 'must be the topic itself, not its ARN, which is only known at deployment',
})

const ProducersSchema = z
  .strictObject({
    accounts: optionalList(matching(/^\d{12}$/, 'the 12 digits of an AWS account')),
    roles: optionalList(
      constructOr<IRole>(
        'roleArn',
        ROLE_ARN,
        'an IAM role or its ARN, as arn:aws:iam::<12 digits>:role/<name> without wildcards',
      ),
    ),
    organizationId: matching(/^o-[a-z0-9]{10,32}$/, 'the id of an AWS Organization, o-...').optional(),
    eventBus: z
      .strictObject({
        bus: constructOr<IEventBus>(
          'eventBusName',
          BUS_NAME,
          'an event bus of this account or its name, not its ARN',
        ),
        sources: uniqueList(matching(/^./, 'the source of an EventBridge event')),
      })
      .optional(),
    topics: optionalList(producerTopic),
  })
  .refine((producers) => Object.keys(producers).length > 0, {
    error: 'must name at least one producer, or be left out',
  })
  .refine(
    ({ accounts = [], roles = [], topics = [] }) =>
      accounts.length + roles.length + topics.length <= MAX_PRODUCERS,
    {
      error: `must name at most ${MAX_PRODUCERS} accounts, roles and topics, because an SQS queue policy holds 50 principals and 8 KB: name the organization instead`,
    },
  )

const WAIT = durationBetween(Duration.minutes(5), Duration.days(9), 'minutes')

const ThresholdsSchema = z.strictObject({
  membersPer5Minutes: intBetween(1, 1_000_000).optional(),
  stuckAfter: WAIT.default(Duration.minutes(30)),
  waitingAfter: WAIT.default(Duration.minutes(30)),
  sessionsLateAfter: durationBetween(Duration.minutes(1), Duration.days(1), 'minutes').default(
    Duration.minutes(5),
  ),
  minSuccessPercent: percent.default(95),
  maxThrottledPercent: percent.default(5),
  maxUnknownPercent: percent.default(90),
})

const TAG_KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u
const TAG_RULE =
  'letters, digits, spaces and _ . : / = + - @, in a key at most 128 and not beginning with aws:, in a value at most 256'
const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/
const POLICY_ARN = /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/
const KEY_RULE = 'a KMS key or its ARN, not an alias'
const key = constructOr<IKey>('keyArn', KEY_ARN, KEY_RULE).refine((value) => !has(value, 'aliasName'), {
  error: `must be ${KEY_RULE}`,
})
const GROUP_ID = /^sg-[0-9a-f]+$/

const VpcIdsSchema = z.strictObject({
  subnetIds: uniqueList(matching(/^subnet-[0-9a-f]+$/, 'a subnet id')),
  securityGroupIds: uniqueList(matching(GROUP_ID, 'a security group id')),
})
/** Not a union, whose message could not name the setting inside. */
const vpc = z.custom<IVpc | VpcIds>().superRefine((value, context) => {
  if (has(value, 'vpcId')) return
  if (typeof value !== 'object' || value === null)
    return context.addIssue('must be a VPC of the app or its ids, as { subnetIds, securityGroupIds }')
  for (const issue of VpcIdsSchema.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue })
})

const WITH_DEFAULT = {
  mode: mode.default('dry_run'),
  maximumConcurrency: intBetween(2, 1_000).default(2),
  stytchTimeout: seconds(1, 900).default(Duration.seconds(10)),
  retryHorizon: durationBetween(Duration.hours(2), Duration.days(14), 'hours').default(Duration.hours(24)),
  endSessions: bool.default(true),
  sessionSearchesPerMinute: intBetween(2, 100_000).default(100),
  sessionsWindow: seconds(1, 300).default(Duration.seconds(5)),
  functionTimeout: seconds(1, 900).default(Duration.seconds(60)),
  // Measured with 256: up to 171 MB in use (docs/performance.md). Node needs the rest for its heap to grow.
  memorySize: intBetween(256, 10_240).default(512),
  maxMembersPerEvent: intBetween(1, MAX_MEMBERS).default(1_000),
  alarmThresholds: ThresholdsSchema.prefault({}),
  logRetention: z
    .enum(RetentionDays, {
      error: 'must be a RetentionDays of CloudWatch Logs, such as RetentionDays.ONE_YEAR',
    })
    .default(RetentionDays.ONE_YEAR),
  retainData: bool.default(true),
}

const WITHOUT_DEFAULT = {
  stageName: matching(/^[\w-]{1,64}$/, '1 to 64 letters, digits, _ and -').optional(),
  stytchEnvironment: StytchEnvironmentSchema,
  stytchRequestsPerSecond: intBetween(1, 10_000),
  reservedConcurrency: intBetween(2, 10_000).optional(),
  sessionRevocationsPerSecond: intBetween(1, 10_000).optional(),
  sessionReadBacksPerSecond: intBetween(1, 10_000).optional(),
  visibilityTimeout: seconds(1, 43_200).optional(),
  recordsPerBatch: intBetween(1, 10).optional(),
  membersPerMessage: intBetween(1, 1_000).optional(),
  maxMembersPerHour: intBetween(1, 1_000_000).optional(),
  producers: ProducersSchema.optional(),
  sources: SourcesSchema.optional(),
  outcomes: z
    .strictObject({
      eventBus: constructOr<IEventBus>(
        'eventBusArn',
        new RegExp(`${BUS_NAME.source}|${BUS_ARN.source}`),
        'an event bus, its name or its ARN',
      ),
    })
    .optional(),
  alarmEmail: matching(/^[^\s@]+@[^\s@]+$/, 'an e-mail address').optional(),
  alarmTopic: topic.optional(),
  runbookUrl: matching(/^https:\/\/[^\s#]+$/, 'an https URL without #').optional(),
  canaryEvery: durationBetween(Duration.minutes(5), Duration.hours(12), 'minutes').optional(),
  tags: z
    .record(z.string().regex(TAG_KEY), matching(TAG_VALUE, TAG_RULE), {
      error: ({ code }) =>
        code === 'invalid_key' ? `is not a tag key: ${TAG_RULE}` : 'must be an object of texts',
    })
    .optional(),
  vpc: vpc.optional(),
  vpcSubnets: z
    .custom<SubnetSelection>((value) => typeof value === 'object' && value !== null, {
      error: 'must be a SubnetSelection, such as { subnetGroupName: "functions" }',
    })
    .optional(),
  securityGroups: optionalList(
    constructWith<ISecurityGroup>('securityGroupId', GROUP_ID, 'a security group of the app'),
  ),
  encryptionKey: key.optional(),
  breachQueueKey: key.optional(),
  permissionsBoundary: constructOr<IManagedPolicy>(
    'managedPolicyArn',
    POLICY_ARN,
    'a managed policy or its ARN, as arn:aws:iam::<12 digits>:policy/<name> without wildcards',
  ).optional(),
}

const StageSchema = z.strictObject({ ...WITH_DEFAULT, ...WITHOUT_DEFAULT } satisfies Record<
  keyof BreachResetProps,
  z.ZodType
>)

/** An issue as half a sentence: the name of the setting, then what it must be. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const setting = issue.path.join('.') || 'the argument'
  // A text is refused for it by a rule that says what else to write.
  const isRuleOfText = issue.code === 'custom' && typeof issue.input === 'string'
  if (isKnownLater(issue.input) && !isRuleOfText)
    return `${setting} is only known at deployment, and is needed at synth: write it in the app, or read it from the context, in place of a parameter`
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...issue.path, key].join('.'))
    const are = names.length === 1 ? 'is not a setting' : 'are not settings'
    return `${names.join(', ')} ${are}: BreachResetProps lists them all (infra/props), CHANGELOG.md those that have another name now`
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object')
    return `${setting} must be an object of settings`
  return `${setting} ${issue.message}`
}
