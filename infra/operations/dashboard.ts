import { Stack } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
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
import { everyFunction } from '../functions.ts'
import { runbookLink } from './alarms.ts'
import { brakesRow } from './brakes-row.ts'
import { type Emitter, ownMetric } from './own-metric.ts'
import { sessionsRow } from './sessions-row.ts'
import {
  COLORS,
  type DashboardParts,
  FROM_ZERO,
  graph,
  inSeconds,
  PERIOD,
  percentiles,
  problemAnswers,
} from './widgets.ts'

/**
 * The dashboard of a stage, from "is it working" down to the functions. Its name includes the region, because an account has one
 * list of dashboards for all regions.
 */
export function createDashboard(scope: Construct, parts: DashboardParts): Dashboard {
  const rows = [overviewRow, membersRow, brakesRow, stytchRow, sessionsRow, queuesRow, functionsRow]
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `BreachReset-${parts.stageName}-${Stack.of(scope).region}`,
    widgets: rows.flatMap((row) => row(parts)),
  })
}

const MODES = {
  enforce: 'members are reset',
  dry_run: '**dry run**: decisions are logged, nobody is called',
}

/** Is it working? */
function overviewRow({ stageName, stage, alarms }: DashboardParts): IWidget[][] {
  const runbook = stage.runbookUrl
    ? `[runbook](${stage.runbookUrl})`
    : runbookLink(stage, '').replace('#', '')
  const markdown = `## Breach Reset, ${stageName}: ${MODES[stage.mode]}\nThe description of a red alarm names its section of ${runbook}.`
  return [
    [new TextWidget({ width: 24, height: 2, markdown })],
    [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 5, alarms: Object.values(alarms) })],
  ]
}

/** What happened to the members: in numbers, over time, and by code. */
function membersRow({ stageName, functions }: DashboardParts): IWidget[][] {
  const count = (service: 'fan-out' | 'require-reset', name: MetricName, label: string, color: string) =>
    ownMetric({ service, stage: stageName }, name, { period: PERIOD, label, color })
  const received = count('fan-out', 'MembersReceived', 'received', COLORS.first)
  const outcomes = [
    count('require-reset', 'MembersReset', 'reset', COLORS.good),
    count('require-reset', 'MembersSkipped', 'skipped', COLORS.neutral),
    count('fan-out', 'MembersSkipped', 'duplicate rows', COLORS.neutral),
    count('require-reset', 'MembersDeadLettered', 'dead-lettered', COLORS.bad),
    count('fan-out', 'MembersDeadLettered', 'dead-lettered by fan-out', COLORS.bad),
    count('require-reset', 'MembersDeferred', 'deferred', COLORS.waiting),
  ]
  const totals = new SingleValueWidget({
    title: 'Members',
    width: 24,
    height: 3,
    metrics: [received, ...outcomes],
    setPeriodToTimeRange: true,
  })
  const byCode = new LogQueryWidget({
    title: 'By outcome and code',
    width: 12,
    height: 7,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: everyFunction(functions).map(({ logGroup }) => logGroup.logGroupName),
    queryLines: [
      'filter message in ["member outcome", "event dead-lettered"]',
      'stats count(*) as lines by message, outcome, code',
      'sort lines desc',
      'limit 50',
    ],
  })
  const perMinute = graph('Members per minute', 12, outcomes, { height: 7, stacked: true })
  return [[totals], [perMinute, byCode]]
}

/** How fast members are safe, and how Stytch answers. */
function stytchRow({ stageName, stage }: DashboardParts): IWidget[][] {
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const callsPerSecond = new MathExpression({
    expression: 'calls / PERIOD(calls)',
    usingMetrics: { calls: ownMetric(requireReset, 'StytchCalls', { period: PERIOD }) },
    period: PERIOD,
    label: 'calls per second',
    color: COLORS.first,
  })
  const nobody = ownMetric(requireReset, 'StytchNamedNobody', {
    period: PERIOD,
    label: '2xx that names nobody',
    color: COLORS.first,
  })
  const named = new MathExpression({
    expression: 'all - nobody',
    usingMetrics: { all: ownMetric(requireReset, 'StytchAnswered2xx', { period: PERIOD }), nobody },
    period: PERIOD,
    label: '2xx',
    color: COLORS.good,
  })
  const budget = { value: stage.stytchRequestsPerSecond, label: 'budget', color: COLORS.bad }
  return [
    [
      graph(
        'Detection to reset (s)',
        6,
        percentiles(requireReset, 'DetectionToResetMs').map(inSeconds),
        FROM_ZERO,
      ),
      graph('Latency of Stytch (ms)', 6, percentiles(requireReset, 'StytchLatencyMs'), FROM_ZERO),
      graph('Answers of Stytch per minute', 6, [named, nobody, ...problemAnswers(requireReset)], {
        stacked: true,
      }),
      graph('Rate used against budget (calls per second)', 6, [callsPerSecond], {
        ...FROM_ZERO,
        leftAnnotations: [budget],
      }),
    ],
  ]
}

/** What waits, for how long, and what has been given up. */
function queuesRow({ queues: { breach, reset, sessions, deadLetter } }: DashboardParts): IWidget[][] {
  const atItsWorst = { period: PERIOD, statistic: 'Maximum' }
  const depth = (queue: Queue, name: string, color: string) => [
    queue.metricApproximateNumberOfMessagesVisible({ ...atItsWorst, label: `${name}, waiting`, color }),
    queue.metricApproximateNumberOfMessagesNotVisible({ ...atItsWorst, label: `${name}, in work` }),
  ]
  const age = (queue: Queue, label: string, color: string) =>
    queue.metricApproximateAgeOfOldestMessage({ ...atItsWorst, label, color })
  const delayed = (queue: Queue, name: string, color: string) =>
    queue.metricApproximateNumberOfMessagesDelayed({ ...atItsWorst, label: `${name}, deferred`, color })
  const deadLetters = deadLetter.metricApproximateNumberOfMessagesVisible({
    ...atItsWorst,
    label: 'dead letters',
    color: COLORS.bad,
  })
  const backlog = [
    ...depth(breach, 'breach queue', COLORS.first),
    ...depth(reset, 'reset queue', COLORS.second),
    delayed(reset, 'reset queue', COLORS.waiting),
    ...(sessions
      ? [
          ...depth(sessions, 'sessions queue', COLORS.third),
          delayed(sessions, 'sessions queue', COLORS.neutral),
        ]
      : []),
  ]
  const ages = [age(breach, 'breach queue', COLORS.first), age(reset, 'reset queue', COLORS.second)]
  return [
    [
      graph('Backlog (messages)', 8, backlog, FROM_ZERO),
      graph('Age of the oldest message (s)', 8, ages, FROM_ZERO),
      graph('On the dead-letter queue (messages)', 8, [deadLetters], FROM_ZERO),
    ],
  ]
}

/** How the functions are doing. */
function functionsRow({
  stageName,
  stage,
  functions: { fanOut, requireReset, endSessions },
}: DashboardParts): IWidget[][] {
  const ofEach = (metric: (lambda: NodejsFunction, service: Emitter['service'], color: string) => Metric) => [
    metric(fanOut, 'fan-out', COLORS.first),
    metric(requireReset, 'require-reset', COLORS.second),
    ...(endSessions ? [metric(endSessions, 'end-sessions', COLORS.third)] : []),
  ]
  const invocations = ofEach((lambda, label, color) =>
    lambda.metricInvocations({ period: PERIOD, label, color }),
  )
  const problems = [
    ...ofEach((lambda, label, color) =>
      lambda.metricErrors({ period: PERIOD, label: `${label}, errors`, color }),
    ),
    ...ofEach((lambda, label) => lambda.metricThrottles({ period: PERIOD, label: `${label}, throttles` })),
  ]
  const longest = ofEach((lambda, label, color) =>
    lambda.metricDuration({ period: PERIOD, statistic: 'Maximum', label, color }),
  )
  const lost = ofEach((_, service, color) =>
    ownMetric({ service, stage: stageName }, 'ProgressLost', { period: PERIOD, label: service, color }),
  )
  const timeout = { value: stage.functionTimeout.toMilliseconds(), label: 'timeout', color: COLORS.bad }
  return [
    [
      graph('Invocations', 6, invocations, FROM_ZERO),
      graph('Errors and throttles', 6, problems, FROM_ZERO),
      graph('Longest invocation (ms)', 6, longest, { ...FROM_ZERO, leftAnnotations: [timeout] }),
      graph('Lost facts and outcome events', 6, lost, FROM_ZERO),
    ],
  ]
}
