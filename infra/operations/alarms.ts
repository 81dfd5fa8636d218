import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Functions } from '../functions.ts'
import type { Queues } from '../queues.ts'
import type { Stage } from '../stage.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

/** Every alarm of a stage. The topic gets a notification when an alarm goes on and when it goes off. */
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

/** An alarm, with what the on-call engineer needs to know. */
type AlarmDefinition = {
  id: string
  /** The heading of its section in docs/runbook.md. Left out: the id. */
  section?: string
  /** In one sentence. */
  meaning: string
  metric: IMetric
  /** The alarm is on above this value, or with `below`, below it. */
  threshold: number
  below?: boolean
  /** How many periods of the metric in a row must breach. Left out: one. */
  periods?: number
  /** Left out: no data means that nothing happened, which is fine. */
  missingIsBad?: boolean
}

const STUCK = Duration.minutes(30)
const NEAR_EXPIRY = Duration.days(10)
const HOUR = Duration.hours(1)
/** A message that SQS itself moves here may be ten of its fourteen days old: that is when the alarms of the work queues go on. */
const LEFT_ALONE = Duration.days(3)

/** What waits too long. SQS has no metrics of a queue that has been empty and unused for hours, which is fine. */
function queueAlarms({ breach, reset, deadLetter }: Queues): AlarmDefinition[] {
  const age = (queue: Queue) =>
    queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' })
  const lettersIn = (period: Duration) =>
    deadLetter.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' })
  const nearExpiry = (id: string, queue: Queue): AlarmDefinition => ({
    id,
    section: 'NearExpiry',
    meaning: 'A message is older than 10 days: SQS deletes it after 14, and the members it names are lost.',
    metric: age(queue),
    threshold: NEAR_EXPIRY.toSeconds(),
  })
  return [
    {
      id: 'DeadLetterQueueNotEmpty',
      meaning: 'A member could not be reset, or a message could not be read: a human must decide.',
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
      meaning: 'Dead letters have waited for three days: SQS will delete them, some of them within days.',
      // Not their age: SQS counts it from the move, and ignores messages that were received three times.
      metric: lettersIn(HOUR),
      threshold: 0,
      periods: LEFT_ALONE.toHours(),
    },
  ]
}

const MINUTE = Duration.minutes(1)
const QUARTER = Duration.minutes(15)
/** Longer than the 15 minutes that may pass between two tries of the same member, so that an alarm stays on in between. */
const BEYOND_A_RETRY = Duration.minutes(20)

/** Answers of Stytch, and outcomes of members, that show a problem. */
function resetAlarms(requireReset: Emitter): AlarmDefinition[] {
  return [
    {
      id: 'ConfigurationFault',
      meaning: 'The Stytch key, its project or the ledger key is wrong: nobody is reset, and everyone waits.',
      metric: ownMetric(requireReset, 'ConfigurationFault', { period: BEYOND_A_RETRY }),
      threshold: 0,
    },
    {
      id: 'UnusableAnswers',
      meaning: 'Stytch answered 2xx with an unusable body, or about someone else: a reset may have happened.',
      metric: ownMetric(requireReset, 'StytchUnusable', { period: MINUTE }),
      threshold: 0,
    },
    {
      id: 'StytchThrottling',
      meaning: 'Stytch has throttled more than 5 % of the calls in a quarter of an hour.',
      metric: percentage(requireReset, 'StytchThrottled', { min: 10, otherwise: 0 }),
      threshold: 5,
    },
    {
      id: 'StytchUnavailable',
      meaning:
        'Twenty calls in a row got no answer, a server error or a 429: calls are stopped, and resume later.',
      metric: ownMetric(requireReset, 'StytchUnavailable', { period: BEYOND_A_RETRY }),
      threshold: 0,
    },
    {
      id: 'MembersWaiting',
      meaning: 'A member has been retried for half an hour and is still not reset.',
      metric: ownMetric(requireReset, 'MemberWaitingMs', { statistic: 'Maximum', period: BEYOND_A_RETRY }),
      threshold: Duration.minutes(30).toMilliseconds(),
    },
    {
      id: 'SuccessRatioLow',
      meaning:
        'Fewer than 95 % of at least 20 members in a quarter of an hour were reset or rightly skipped.',
      metric: percentage(requireReset, 'MemberSucceeded', { min: 20, otherwise: 100 }),
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

/**
 * The percentage of ones in a metric that is 0 or 1, over a quarter of an hour; `otherwise` if it has fewer than `min` samples.
 * It counts its own samples, because a second metric could be missing.
 */
function percentage(
  emitter: Emitter,
  name: MetricName,
  { min, otherwise }: { min: number; otherwise: number },
): MathExpression {
  return new MathExpression({
    expression: `IF(samples >= ${min}, 100 * share, ${otherwise})`,
    usingMetrics: {
      samples: ownMetric(emitter, name, { statistic: 'SampleCount', period: QUARTER }),
      share: ownMetric(emitter, name, { statistic: 'Average', period: QUARTER }),
    },
    period: QUARTER,
    label: `${name} (%)`,
  })
}

const NEAR_TIMEOUT = 0.95

/** Failing invocations and records of one function. `name` begins the ids; both functions share the sections of the runbook. */
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
      meaning: `An invocation of ${service} came within 5 % of its timeout, although it is built to stop earlier.`,
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

/** Without it, a broken system would look like a quiet one. */
function canaryAlarm(requireReset: Emitter): AlarmDefinition {
  return {
    id: 'NoCanary',
    meaning: 'No canary event has come through for 24 hours: a breach event would not either.',
    metric: ownMetric(requireReset, 'CanaryPassed', { period: Duration.hours(24) }),
    threshold: 1,
    below: true,
    missingIsBad: true,
  }
}

/** Where to read a section of the runbook: at the URL of the stage or, without one, in this repository. */
export function runbookLink({ runbookUrl = 'docs/runbook.md' }: Stage, section: string): string {
  return `${runbookUrl}#${section.toLowerCase()}`
}
