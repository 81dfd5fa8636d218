import { Duration } from 'aws-cdk-lib'
import {
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  MathExpression,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Functions } from '../functions.ts'
import type { Queues } from '../queues.ts'
import type { Stage } from '../stage.ts'
import type { Alarms } from './alarms.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

/** What the rows of a dashboard are about. */
export type DashboardParts = {
  stageName: string
  stage: Stage
  queues: Queues
  functions: Functions
  alarms: Alarms
}

/** One colour per meaning, in every widget. */
export const COLORS = {
  good: '#2ca02c',
  neutral: '#8c8c8c',
  waiting: '#ff9900',
  bad: '#d62728',
  first: '#1f77b4',
  second: '#9467bd',
  third: '#8c564b',
} as const

export const PERIOD = Duration.minutes(1)
export const FROM_ZERO = { leftYAxis: { min: 0, showUnits: false } }

/** A graph; `width` in columns of the 24 that a dashboard has. */
export function graph(
  title: string,
  width: number,
  left: IMetric[],
  more: GraphWidgetProps = {},
): GraphWidget {
  return new GraphWidget({ title, width, height: 6, left, ...more })
}

/** The median and the 99th percentile of a duration. */
export function percentiles(emitter: Emitter, name: MetricName): Metric[] {
  return [
    ownMetric(emitter, name, { period: PERIOD, statistic: 'p50', label: 'p50', color: COLORS.first }),
    ownMetric(emitter, name, { period: PERIOD, statistic: 'p99', label: 'p99', color: COLORS.second }),
  ]
}

/** A metric in milliseconds, in seconds. */
export function inSeconds(ms: Metric): MathExpression {
  const { label = '', color = '', statistic } = ms
  return new MathExpression({
    expression: `${statistic}ms / 1000`,
    usingMetrics: { [`${statistic}ms`]: ms },
    period: PERIOD,
    label,
    color,
  })
}

/** The answers of Stytch to a function, by status, without the 2xx. */
export function problemAnswers(emitter: Emitter): Metric[] {
  const answers = (name: MetricName, label: string, color: string) =>
    ownMetric(emitter, name, { period: PERIOD, label, color })
  return [
    answers('StytchAnswered4xx', '4xx', COLORS.neutral),
    answers('StytchThrottled', '429', COLORS.waiting),
    answers('StytchAnswered5xx', '5xx', COLORS.bad),
    answers('StytchUnanswered', 'no answer', COLORS.second),
  ]
}
