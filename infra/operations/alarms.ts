import { Annotations, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Functions } from '../functions.ts'
import type { Queues } from '../queues.ts'
import type { Stage } from '../stage.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

/** Every alarm of a stage. The topic hears when one begins, and when it is over. */
export function createAlarms(
  scope: Construct,
  parts: { stageName: string; stage: Stage; queues: Queues; functions: Functions; topic: ITopic },
): Alarm[] {
  const { stageName, stage, queues, functions, topic } = parts
  const timeout = Duration.seconds(stage.functionTimeoutSeconds)
  const fanOut = { service: 'fan-out', stage: stageName } as const
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const definitions: AlarmDefinition[] = [
    ...queueAlarms(queues),
    ...resetAlarms(requireReset),
    ...functionAlarms('FanOut', fanOut, functions.fanOut, timeout),
    ...functionAlarms('RequireReset', requireReset, functions.requireReset, timeout),
    ...(stage.canaryEveryMinutes === undefined ? [] : [canaryAlarm(requireReset)]),
  ]
  const action = new SnsAction(topic)
  return definitions.map(({ id, section = id, meaning, metric, threshold, below, periods, missingIsBad }) => {
    const alarm = new Alarm(scope, id, {
      alarmDescription: `${meaning} ${runbookLink(stage, section)}`,
      metric,
      threshold,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods ?? 1,
      treatMissingData: missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
    alarm.addAlarmAction(action)
    alarm.addOkAction(action)
    return alarm
  })
}

/** An alarm as somebody who is woken by it needs it. */
type AlarmDefinition = {
  id: string
  /** The heading of its section in docs/runbook.md. Left out: the id. */
  section?: string
  /** What it means, in one sentence. */
  meaning: string
  metric: IMetric
  /** Alarms above this, or with `below`, below it. */
  threshold: number
  below?: boolean
  /** How many periods of the metric in a row. Left out: one. */
  periods?: number
  /** Left out: no data is a good sign, for nothing happened. */
  missingIsBad?: boolean
}

const STUCK = Duration.minutes(30)
const NEAR_EXPIRY = Duration.days(10)
const HOUR = Duration.hours(1)
/** What SQS moves may have up to ten days of its fourteen behind it: the work queues' alarms go off then. */
const LEFT_ALONE = Duration.days(3)

/** What the queues can tell. SQS has no metric for a queue that has been empty and unused for hours, which is good. */
function queueAlarms({ breach, reset, deadLetter }: Queues): AlarmDefinition[] {
  const age = (queue: Queue) =>
    queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' })
  const lettersIn = (period: Duration) =>
    deadLetter.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' })
  const nearExpiry = (id: string, queue: Queue): AlarmDefinition => ({
    id,
    section: 'NearExpiry',
    meaning: 'A message is older than 10 days: SQS deletes it after 14, and whom it names is lost.',
    metric: age(queue),
    threshold: NEAR_EXPIRY.toSeconds(),
  })
  return [
    {
      id: 'DeadLetterQueueNotEmpty',
      meaning: 'Somebody could not be reset, or a message could not be read: it waits for a human.',
      // NumberOfMessagesSent would miss what SQS itself moves here.
      metric: lettersIn(Duration.minutes(1)),
      threshold: 0,
    },
    {
      id: 'BreachQueueStuck',
      meaning: 'A breach event has waited for half an hour: fan-out does not keep up, fails, or is paused.',
      metric: age(breach),
      threshold: STUCK.toSeconds(),
    },
    {
      id: 'ResetQueueStuck',
      meaning: 'Members have waited for half an hour: require-reset does not keep up, fails, or is paused.',
      metric: age(reset),
      threshold: STUCK.toSeconds(),
    },
    nearExpiry('BreachQueueNearExpiry', breach),
    nearExpiry('ResetQueueNearExpiry', reset),
    {
      id: 'DeadLetterNearExpiry',
      section: 'NearExpiry',
      meaning: 'Dead letters have been left alone for three days: SQS deletes them, some in a few days.',
      // Not their age: SQS counts it from the move, and leaves out what was looked at three times.
      metric: lettersIn(HOUR),
      threshold: 0,
      periods: LEFT_ALONE.toHours(),
    },
  ]
}

const MINUTE = Duration.minutes(1)
const QUARTER = Duration.minutes(15)
/** Longer than the 15 minutes that may lie between two tries of the same member, so that an alarm stays on in between. */
const BEYOND_A_DELAY = Duration.minutes(20)

/** What the answers of Stytch, and what became of the members, can tell. */
function resetAlarms(requireReset: Emitter): AlarmDefinition[] {
  return [
    {
      id: 'ConfigurationFault',
      meaning:
        'The Stytch key, its project or the ledger key is not right: nobody is called, everybody waits.',
      metric: ownMetric(requireReset, 'ConfigurationFault', { period: BEYOND_A_DELAY }),
      threshold: 0,
    },
    {
      id: 'UnusableAnswers',
      meaning:
        'Stytch answered 200 with an unusable body, or about somebody else: a reset may have happened.',
      metric: ownMetric(requireReset, 'StytchUnusable', { period: MINUTE }),
      threshold: 0,
    },
    {
      id: 'StytchThrottling',
      meaning: 'In a quarter of an hour Stytch has refused more than 5 % of the calls for being too many.',
      metric: percentage(requireReset, 'StytchThrottled', { least: 10, otherwise: 0 }),
      threshold: 5,
    },
    {
      id: 'StytchUnavailable',
      meaning:
        "Twenty calls in a row have had no answer, a server's error or a 429: calling is stopped, and tried again later.",
      metric: ownMetric(requireReset, 'StytchUnavailable', { period: BEYOND_A_DELAY }),
      threshold: 0,
    },
    {
      id: 'MembersWaiting',
      meaning: 'Somebody has been tried for half an hour and is not reset yet.',
      metric: ownMetric(requireReset, 'MemberWaitingMs', { statistic: 'Maximum', period: BEYOND_A_DELAY }),
      threshold: Duration.minutes(30).toMilliseconds(),
    },
    {
      id: 'SuccessRatioLow',
      meaning:
        'Of 20 or more members in a quarter of an hour, fewer than 95 % were reset or rightly skipped.',
      metric: percentage(requireReset, 'MemberSucceeded', { least: 20, otherwise: 100 }),
      threshold: 95,
      below: true,
    },
    {
      id: 'DependencyUnavailable',
      meaning: 'The ledger or a secret could not be reached three times in an hour: members wait.',
      metric: ownMetric(requireReset, 'DependencyUnavailable', { period: Duration.hours(1) }),
      threshold: 2,
    },
  ]
}

/** How many percent of a metric that is 0 or 1 were 1 in a quarter of an hour. Its own number of samples decides, so that no other metric can be missing. */
function percentage(
  emitter: Emitter,
  name: MetricName,
  { least, otherwise }: { least: number; otherwise: number },
): MathExpression {
  return new MathExpression({
    expression: `IF(samples >= ${least}, 100 * share, ${otherwise})`,
    usingMetrics: {
      samples: ownMetric(emitter, name, { statistic: 'SampleCount', period: QUARTER }),
      share: ownMetric(emitter, name, { statistic: 'Average', period: QUARTER }),
    },
    period: QUARTER,
    label: `${name} (%)`,
  })
}

const NEAR_TIMEOUT = 0.95

/** What one function can tell. `name` begins the ids; the sections of the runbook are the same for both functions. */
function functionAlarms(
  name: 'FanOut' | 'RequireReset',
  { service, stage }: Emitter,
  lambda: NodejsFunction,
  timeout: Duration,
): AlarmDefinition[] {
  return [
    {
      id: `${name}Errors`,
      section: 'FunctionErrors',
      meaning: `An invocation of ${service} failed or was killed; SQS delivers its messages again.`,
      metric: lambda.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
    },
    {
      id: `${name}Timeouts`,
      section: 'FunctionTimeouts',
      meaning: `An invocation of ${service} has run into its timeout, which it is made to stay away from.`,
      metric: lambda.metricDuration({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: NEAR_TIMEOUT * timeout.toMilliseconds(),
    },
    {
      id: `${name}RecordsFailing`,
      section: 'RecordsFailing',
      meaning: `Three records of ${service} failed in a quarter of an hour; after five receives SQS dead-letters them.`,
      metric: ownMetric({ service, stage }, 'RecordFailed', { period: Duration.minutes(15) }),
      threshold: 2,
    },
  ]
}

/** What silence tells: without it, a broken way looks like a quiet one. */
function canaryAlarm(requireReset: Emitter): AlarmDefinition {
  return {
    id: 'NoCanary',
    meaning: 'For 24 hours no canary event has come through: a breach event would not either.',
    metric: ownMetric(requireReset, 'CanaryPassed', { period: Duration.hours(24) }),
    threshold: 1,
    below: true,
    missingIsBad: true,
  }
}

/** The topic that every alarm goes to: the stage's own, or a new encrypted one that only alarms of this account may publish to. */
export function createAlarmTopic(scope: Construct, stage: Stage, masterKey: IKey): ITopic {
  if (stage.alarmTopicArn !== undefined) return Topic.fromTopicArn(scope, 'AlarmTopic', stage.alarmTopicArn)
  const { partition, region, account } = Stack.of(scope)
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true })
  topic.applyRemovalPolicy(RemovalPolicy.DESTROY)
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    }),
  )
  if (stage.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmEmail))
  else {
    Annotations.of(scope).addWarningV2(
      'breach-reset:nobody-hears-alarms',
      'nobody is told of alarms: set alarmEmail or alarmTopicArn in the stage, or subscribe to the output AlarmTopicArn',
    )
  }
  return topic
}

/** Where a section of the runbook is read: a link when the stage says where, otherwise the place in this repository. */
export function runbookLink({ runbookUrl = 'docs/runbook.md' }: Stage, section: string): string {
  return `${runbookUrl}#${section.toLowerCase()}`
}
