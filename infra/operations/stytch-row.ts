import { Duration } from 'aws-cdk-lib'
import { GraphWidget, type IWidget, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'
import { COLORS } from './colors.ts'
import type { DashboardParts } from './dashboard-parts.ts'
import { ownMetric } from './own-metric.ts'

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
export function stytchRow({ stageName, stage }: DashboardParts): IWidget[][] {
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
