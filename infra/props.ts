import type { Duration } from 'aws-cdk-lib'
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { IManagedPolicy, IRole } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'

/**
 * All settings of one deployment. Two are required: `stytchEnvironment` and `stytchRequestsPerSecond`. What can't work is refused when
 * the app is synthesized, with a message that says what to change.
 */
export interface BreachResetProps {
  /**
   * Distinguishes deployments in metrics and in the names of the dashboard and the queries: letters, digits, `_` and `-`, at most 64. Use
   * each name once in an account and region.
   * @default - a name made of the stack's name and the construct's path, which is unique in the app
   */
  readonly stageName?: string

  // What happens to a member, and how fast.

  /**
   * `enforce` resets passwords. `dry_run` only decides and logs what it would do, and keeps each event for 14 days.
   * @default 'dry_run'
   */
  readonly mode?: Mode
  /** Which of Stytch's environments the key must be of: `live` has your customers. With a key of the other one nobody is called. */
  readonly stytchEnvironment: 'live' | 'test'
  /**
   * How many requests per second Stytch may get for password resets, all execution environments together, from 1 to 10,000. Calls run
   * evenly, at about 96 % of it. Agree on the figure with Stytch, who do not publish one: that is why there is no default.
   */
  readonly stytchRequestsPerSecond: number
  /**
   * How many execution environments of require-reset run at the same time, from 2 to 1,000. They share the rate, ideally without a
   * remainder. Of end-sessions as many, or so few that each has 10 searches a minute and little of a rate is lost by sharing it.
   * @default 2
   */
  readonly maximumConcurrency?: number
  /**
   * How many concurrent executions of the account are reserved for require-reset, so that other functions can't starve it:
   * `maximumConcurrency` or more. AWS keeps 100 of the account unreserved, and a new account may have only 10 in total.
   * @default - none are reserved
   */
  readonly reservedConcurrency?: number
  /**
   * How long one call to Stytch may take: whole seconds, less than `functionTimeout`.
   * @default Duration.seconds(10)
   */
  readonly stytchTimeout?: Duration
  /**
   * How long a member is retried before the member is dead-lettered: whole hours, from 2 hours to 14 days. Stytch has had outages of
   * two hours.
   * @default Duration.hours(24)
   */
  readonly retryHorizon?: Duration

  // How the sessions of everyone who was reset end: an open session outlives the password it began with.

  /**
   * Whether they end. `false` leaves out end-sessions with its queue, and anyone who stole a session keeps it.
   * @default true
   */
  readonly endSessions?: boolean
  /**
   * How many searches a minute Stytch may get, from 2 to 100,000. Stytch documents 100 a minute in one place and 100 a second in another.
   * @default 100
   */
  readonly sessionSearchesPerMinute?: number
  /**
   * How many members per second are logged out, from 1 to 10,000.
   * @default - `stytchRequestsPerSecond`
   */
  readonly sessionRevocationsPerSecond?: number
  /**
   * How many log-outs per second are read back, from 1 to 10,000.
   * @default - `stytchRequestsPerSecond`
   */
  readonly sessionReadBacksPerSecond?: number
  /**
   * How long Lambda gathers messages for a batch, so that many people share a search: from 1 second to 5 minutes.
   * @default Duration.seconds(5)
   */
  readonly sessionsWindow?: Duration

  // The functions and their queues.

  /**
   * The timeout of each function: whole seconds, at most 15 minutes. A fifth of it is kept for settling a batch.
   * @default Duration.seconds(60)
   */
  readonly functionTimeout?: Duration
  /**
   * The memory of each function in MiB, from 256 to 10,240. Lambda gives CPU in proportion to it.
   * @default 512
   */
  readonly memorySize?: number
  /**
   * How long a message stays hidden after a crash, on the sessions queue longer by `sessionsWindow`, at most 12 hours.
   * @default - six times `functionTimeout`, as AWS recommends, which is also the least
   */
  readonly visibilityTimeout?: Duration
  /**
   * Messages per invocation, at most: from 1 to 10.
   * @default - 10, the most SQS returns at once, or fewer if an invocation has no time to call that many
   */
  readonly recordsPerBatch?: number
  /**
   * Members per message on the reset queue, at most 1,000: fan-out makes messages smaller when that lets an event use every environment.
   * @default - what an environment can call in 3 seconds, divided by `recordsPerBatch`
   */
  readonly membersPerMessage?: number

  // Which breach events get in.

  /**
   * The brake: an event with more members resets nobody and waits on the dead-letter queue for a human decision. From 1 to 10,000.
   * @default 1000
   */
  readonly maxMembersPerEvent?: number
  /**
   * The brake of the whole deployment: rows in all events within any 60 minutes, dry runs included and canaries not. An event for which
   * this leaves no room resets nobody and waits on the dead-letter queue. From `maxMembersPerEvent` to 1,000,000.
   * @default - no limit
   */
  readonly maxMembersPerHour?: number
  /**
   * Who may send breach events, in addition to `grantSend`.
   * @default - only principals that IAM policies of this account allow
   */
  readonly producers?: Producers
  /**
   * What each event source may send, by the `source` of the event. `'*'` stands for every source not named here; those share its
   * limits. Events from any other source are dead-lettered. A source is what the sender claims, not a proof: see SECURITY.md.
   * @default - every source, within the other limits
   */
  readonly sources?: Readonly<Record<string, SourceLimits>>

  // How the deployment is watched.

  /**
   * Where outcome events go (docs/outcomes.md).
   * @default - none are sent
   */
  readonly outcomes?: Outcomes
  /**
   * An address that gets every alarm, once the subscription that AWS mails to it is confirmed. Not with `alarmTopic`.
   * @default - nobody hears the alarms unless they subscribe to the topic, and synth warns
   */
  readonly alarmEmail?: string
  /**
   * A topic of yours in the same region that gets every alarm, or its ARN. The policies of a topic that your app makes, and of its key, are
   * added to, which replaces SNS's default policy; those of any other must let CloudWatch publish: docs/deploy.md.
   * @default - a new topic, encrypted with the key
   */
  readonly alarmTopic?: ITopic | string
  /**
   * When alarms go on, where the default does not fit.
   * @default - as described for each threshold
   */
  readonly alarmThresholds?: AlarmThresholds
  /**
   * An https URL of your copy of docs/runbook.md, without `#`, for the links in alarms and on the dashboard.
   * @default - the descriptions of alarms name the file in the repository
   */
  readonly runbookUrl?: string
  /**
   * How often an event with one made-up address is sent through the whole system: whole minutes, from 5 minutes to 12 hours. The alarm
   * `NoCanary` goes on when three in a row do not arrive.
   * @default - never, and without an alarm for it
   */
  readonly canaryEvery?: Duration
  /**
   * How long the logs of the functions are kept.
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays

  // How the resources fit into your AWS account.

  /**
   * Whether ledger, keys, queues, secrets and logs outlive the stack, and tables and the stack of a stage are protected from deletion. Without
   * the ledger, everyone can be reset again.
   * @default true
   */
  readonly retainData?: boolean
  /**
   * Tags for every resource that takes tags.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>
  /**
   * The VPC of the functions, or the ids of its subnets and security groups. They need a route to Stytch and to AWS, such as a NAT gateway.
   * @default - the functions are in no VPC
   */
  readonly vpc?: IVpc | VpcIds
  /**
   * Which subnets of an `IVpc`. Public ones are refused: a function there reaches nothing outside.
   * @default - its private subnets
   */
  readonly vpcSubnets?: SubnetSelection
  /**
   * Security groups for the functions in an `IVpc`. They need outbound https.
   * @default - a new one that allows all outbound traffic
   */
  readonly securityGroups?: readonly ISecurityGroup[]
  /**
   * A KMS key of yours, or its ARN, for queues, tables, secrets, logs and alarms. The policy of a key that your app makes is added to; what that
   * of any other must allow: docs/deploy.md.
   * @default - a new key that is rotated every year
   */
  readonly encryptionKey?: IKey | string
  /**
   * A KMS key of yours, or its ARN, for the breach queue alone, the only one that producers use.
   * @default - `encryptionKey` or, without that, a new key that is rotated every year
   */
  readonly breachQueueKey?: IKey | string
  /**
   * The managed policy, or its ARN, that your organization requires as permissions boundary on every role.
   * @default - none
   */
  readonly permissionsBoundary?: IManagedPolicy | string
}

/** `enforce` resets passwords, `dry_run` calls nobody. */
export type Mode = 'enforce' | 'dry_run'

/** Who may send breach events. Anyone named here can have anyone reset, within the limits. At most 40 accounts, roles and topics. */
export interface Producers {
  /**
   * AWS accounts, by their 12 digits. Each account decides by its own IAM policies which of its roles send.
   * @default - none
   */
  readonly accounts?: readonly string[]
  /**
   * Roles, or their ARNs, in any account. No wildcards. They must exist at the deployment: AWS refuses a policy that names one that does not.
   * @default - none
   */
  readonly roles?: readonly (IRole | string)[]
  /**
   * An AWS Organization, `o-...`, with all its other accounts. In this one IAM policies decide, as without it.
   * @default - none
   */
  readonly organizationId?: string
  /**
   * An event bus in the same account, which gets a rule for events with our `detail-type`.
   * @default - none
   */
  readonly eventBus?: ProducerBus
  /**
   * Standard SNS topics in the same region, or their ARNs, to which the breach queue is subscribed.
   * @default - none
   */
  readonly topics?: readonly (ITopic | string)[]
}

/** An event bus that brings breach events. */
export interface ProducerBus {
  /** The bus, or its name, not its ARN. */
  readonly bus: IEventBus | string
  /** The `Source` of the entries that are taken, at least one: not the `source` of the breach event in an entry, which `sources` limits. */
  readonly sources: readonly string[]
}

/** To what extent an event source is trusted. */
export interface SourceLimits {
  /**
   * As the setting of the deployment, and at most that.
   * @default - `maxMembersPerEvent` of the deployment
   */
  readonly maxMembersPerEvent?: number
  /**
   * Rows in all events of this source within any 60 minutes, dry runs included: from what one event may have to what the deployment may.
   * @default - no limit of its own
   */
  readonly maxMembersPerHour?: number
  /**
   * `dry_run` calls nobody, whatever the mode of the deployment.
   * @default - `mode` of the deployment
   */
  readonly highestMode?: Mode
  /**
   * Who alone may send its events, by the unique ids of roles or users (`role.roleId`, or as `breach-reset status` shows them), or by
   * accounts. Include the roles of those who redrive: a redrive is sent by them.
   * @default - anyone who may send to the breach queue
   */
  readonly senders?: readonly string[]
}

/** Where outcome events go. */
export interface Outcomes {
  /**
   * An event bus in the same region: the bus, its name, or its ARN if it is in another account, whose policy must let the functions put
   * events. AWS does not report a bus that does not exist.
   */
  readonly eventBus: IEventBus | string
}

/** When alarms go on. Times are whole minutes, percentages whole numbers from 0 to 100. */
export interface AlarmThresholds {
  /**
   * `MembersReceivedHigh`, `MembersResetHigh`: above this many members within 5 minutes, received or reset, from 1 to 1,000,000. Set it
   * above what your producers send on a busy day.
   * @default - no such alarms
   */
  readonly membersPer5Minutes?: number
  /**
   * `BreachQueueStuck`, `ResetQueueStuck`, `SessionsQueueStuck`: a message has waited for longer than this: from 5 minutes to 9 days.
   * @default Duration.minutes(30)
   */
  readonly stuckAfter?: Duration
  /**
   * `MembersWaiting`, `SessionsWaiting`: somebody has been retried for longer than this: from 5 minutes to 9 days.
   * @default Duration.minutes(30)
   */
  readonly waitingAfter?: Duration
  /**
   * `SessionsLate`: sessions ended later than this after the password was reset: from 1 minute to 1 day.
   * @default Duration.minutes(5)
   */
  readonly sessionsLateAfter?: Duration
  /**
   * `SuccessRatioLow`: fewer than this percentage of at least 20 members in a quarter of an hour were reset or rightly skipped.
   * @default 95
   */
  readonly minSuccessPercent?: number
  /**
   * `StytchThrottling`: Stytch throttled more than this percentage of the calls in a quarter of an hour.
   * @default 5
   */
  readonly maxThrottledPercent?: number
  /**
   * `FewAreMembers`: Stytch knows nobody with more than this percentage of at least 20 e-mails in a quarter of an hour.
   * @default 90
   */
  readonly maxUnknownPercent?: number
}

/** Where the functions run, without a lookup of the VPC. */
export interface VpcIds {
  /** Ids of subnets, `subnet-...`; at least one. */
  readonly subnetIds: readonly string[]
  /** Ids of security groups, `sg-...`; at least one. They need outbound https. */
  readonly securityGroupIds: readonly string[]
}
