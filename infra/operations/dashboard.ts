import { Duration, Stack } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  type Metric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Functions } from '../functions.ts'
import type { Queues } from '../queues.ts'
import type { Stage } from '../stage.ts'
import { runbookLink } from './alarms.ts'
import { ownMetric } from './own-metric.ts'

/** The one screen of a stage, from "is it working" down to the functions. Its name holds the region: an account has its dashboards in all regions together. */
export function createDashboard(scope: Construct, parts: DashboardParts): Dashboard {
  const rows = [overviewRow, membersRow, stytchRow, queuesRow, functionsRow]
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `BreachReset-${parts.stageName}-${Stack.of(scope).region}`,
    widgets: rows.flatMap((row) => row(parts)),
  })
}

/** What the rows of the dashboard are made from. */
type DashboardParts = {
  stageName: string
  stage: Stage
  queues: Queues
  functions: Functions
  alarms: readonly Alarm[]
}

/** One colour per meaning, in every widget. */
const COLORS = {
  good: '#2ca02c',
  neutral: '#8c8c8c',
  waiting: '#ff9900',
  bad: '#d62728',
  first: '#1f77b4',
  second: '#9467bd',
} as const

const MODES = {
  enforce: 'members are reset',
  dry_run: '**dry run**: decisions are logged, nobody is called',
}

/** Is it working? */
function overviewRow({ stageName, stage, alarms }: DashboardParts): IWidget[][] {
  const runbook = stage.runbookUrl
    ? `[runbook](${stage.runbookUrl})`
    : runbookLink(stage, '').replace('#', '')
  const text = new TextWidget({
    width: 24,
    height: 2,
    markdown: `## Breach Reset, ${stageName}: ${MODES[stage.mode]}\nThe description of a red alarm names its section of ${runbook}.`,
  })
  return [[text], [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 3, alarms: [...alarms] })]]
}

/** What became of the members, in numbers, over time, and by code. */
function membersRow({ stageName, functions }: DashboardParts): IWidget[][] {
  const period = Duration.minutes(1)
  const fanOut = { service: 'fan-out', stage: stageName } as const
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const ends = [
    ownMetric(requireReset, 'MembersReset', { period, label: 'reset', color: COLORS.good }),
    ownMetric(requireReset, 'MembersSkipped', { period, label: 'skipped', color: COLORS.neutral }),
    ownMetric(fanOut, 'MembersSkipped', { period, label: 'duplicate rows', color: COLORS.neutral }),
    ownMetric(requireReset, 'MembersDeadLettered', { period, label: 'dead-lettered', color: COLORS.bad }),
    ownMetric(fanOut, 'MembersDeadLettered', {
      ...{ period, label: 'dead-lettered by fan-out', color: COLORS.bad },
    }),
    ownMetric(requireReset, 'MembersDeferred', {
      ...{ period, label: 'sent on, tried again later', color: COLORS.waiting },
    }),
  ]
  const received = ownMetric(fanOut, 'MembersReceived', { period, label: 'received', color: COLORS.first })
  return [
    [
      new SingleValueWidget({
        ...{ title: 'Members', width: 24, height: 3, metrics: [received, ...ends] },
        setPeriodToTimeRange: true,
      }),
    ],
    [
      new GraphWidget({ title: 'Members per minute', width: 12, height: 7, left: ends, stacked: true }),
      new LogQueryWidget({
        ...{ title: 'By outcome and code', width: 12, height: 7 },
        view: LogQueryVisualizationType.TABLE,
        logGroupNames: [functions.fanOut, functions.requireReset].map(
          ({ logGroup }) => logGroup.logGroupName,
        ),
        queryLines: [
          'filter message in ["member outcome", "event dead-lettered"]',
          'stats count(*) as lines by message, outcome, code',
          'sort lines desc',
          'limit 50',
        ],
      }),
    ],
  ]
}

const PERIOD = Duration.minutes(1)
const SIZE = { width: 6, height: 6 }

function inSeconds(ms: Metric): MathExpression {
  const { label = '', color = '', statistic } = ms
  const usingMetrics = { [`${statistic}ms`]: ms }
  return new MathExpression({
    expression: `${statistic}ms / 1000`,
    usingMetrics,
    period: PERIOD,
    label,
    color,
  })
}

/** How fast members are safe, and how Stytch answers. */
function stytchRow({ stageName, stage }: DashboardParts): IWidget[][] {
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const percentiles = (name: MetricName) => [
    ownMetric(requireReset, name, { period: PERIOD, statistic: 'p50', label: 'p50', color: COLORS.first }),
    ownMetric(requireReset, name, { period: PERIOD, statistic: 'p99', label: 'p99', color: COLORS.second }),
  ]
  const answers = (name: MetricName, label: string, color: string) =>
    ownMetric(requireReset, name, { period: PERIOD, label, color })
  return [
    [
      new GraphWidget({
        ...{
          ...SIZE,
          title: 'Detection to reset (s)',
          left: percentiles('DetectionToResetMs').map(inSeconds),
        },
        leftYAxis: { min: 0, showUnits: false },
      }),
      new GraphWidget({
        ...{ ...SIZE, title: 'Latency of Stytch (ms)', left: percentiles('StytchLatencyMs') },
        leftYAxis: { min: 0, showUnits: false },
      }),
      new GraphWidget({
        ...{ ...SIZE, title: 'Answers of Stytch per minute', stacked: true },
        left: [
          answers('StytchAnswered2xx', '2xx', COLORS.good),
          answers('StytchAnswered4xx', '4xx', COLORS.neutral),
          answers('StytchThrottled', '429', COLORS.waiting),
          answers('StytchAnswered5xx', '5xx', COLORS.bad),
          answers('StytchUnanswered', 'no answer', COLORS.second),
        ],
      }),
      new GraphWidget({
        ...{ ...SIZE, title: 'Rate used against budget (calls per second)' },
        left: [
          new MathExpression({
            expression: 'calls / PERIOD(calls)',
            usingMetrics: { calls: ownMetric(requireReset, 'StytchCalls', { period: PERIOD }) },
            ...{ period: PERIOD, label: 'calls per second', color: COLORS.first },
          }),
        ],
        leftAnnotations: [{ value: stage.stytchRequestsPerSecond, label: 'budget', color: COLORS.bad }],
        leftYAxis: { min: 0, showUnits: false },
      }),
    ],
  ]
}

const AT_ITS_WORST = { period: Duration.minutes(1), statistic: 'Maximum' }

/** What waits, for how long, and what has been given up. */
function queuesRow({ queues: { breach, reset, deadLetter } }: DashboardParts): IWidget[][] {
  const size = { width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } }
  const waiting = (queue: Queue, name: string, color: string) => [
    queue.metricApproximateNumberOfMessagesVisible({ ...AT_ITS_WORST, label: `${name}, waiting`, color }),
    queue.metricApproximateNumberOfMessagesNotVisible({ ...AT_ITS_WORST, label: `${name}, in work` }),
  ]
  return [
    [
      new GraphWidget({
        ...{ ...size, title: 'Backlog (messages)' },
        left: [
          ...waiting(breach, 'breach queue', COLORS.first),
          ...waiting(reset, 'reset queue', COLORS.second),
          reset.metricApproximateNumberOfMessagesDelayed({
            ...{ ...AT_ITS_WORST, label: 'reset queue, tried again later', color: COLORS.waiting },
          }),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'Age of the oldest message (s)' },
        left: [
          breach.metricApproximateAgeOfOldestMessage({
            ...{ ...AT_ITS_WORST, label: 'breach queue', color: COLORS.first },
          }),
          reset.metricApproximateAgeOfOldestMessage({
            ...{ ...AT_ITS_WORST, label: 'reset queue', color: COLORS.second },
          }),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'On the dead-letter queue (messages)' },
        left: [
          deadLetter.metricApproximateNumberOfMessagesVisible({
            ...{ ...AT_ITS_WORST, label: 'dead letters', color: COLORS.bad },
          }),
        ],
      }),
    ],
  ]
}

/** How the two functions do. */
function functionsRow({ stage, functions }: DashboardParts): IWidget[][] {
  const size = { width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } }
  const period = Duration.minutes(1)
  const ofBoth = (metric: (lambda: NodejsFunction, label: string, color: string) => Metric) => [
    metric(functions.fanOut, 'fan-out', COLORS.first),
    metric(functions.requireReset, 'require-reset', COLORS.second),
  ]
  return [
    [
      new GraphWidget({
        ...{ ...size, title: 'Invocations' },
        left: ofBoth((lambda, label, color) => lambda.metricInvocations({ period, label, color })),
      }),
      new GraphWidget({
        ...{ ...size, title: 'Errors and throttles' },
        left: [
          ...ofBoth((lambda, label, color) =>
            lambda.metricErrors({ period, label: `${label}, errors`, color }),
          ),
          ...ofBoth((lambda, label) => lambda.metricThrottles({ period, label: `${label}, throttles` })),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'Longest invocation (ms)' },
        left: ofBoth((lambda, label, color) =>
          lambda.metricDuration({ period, statistic: 'Maximum', label, color }),
        ),
        leftAnnotations: [
          { value: stage.functionTimeoutSeconds * 1000, label: 'timeout', color: COLORS.bad },
        ],
      }),
    ],
  ]
}
