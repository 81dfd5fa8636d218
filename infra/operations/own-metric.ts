import type { Duration } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'

/** Who emits a metric, and in which stage: its dimensions. */
export type Emitter = { service: 'fan-out' | 'require-reset'; stage: string }

/** A metric that the functions emit: the sum of a count, or the statistic asked for. */
export function ownMetric(
  emitter: Emitter,
  metricName: MetricName,
  props: { period: Duration; statistic?: string; label?: string; color?: string },
): Metric {
  const { statistic = Stats.SUM, ...rest } = props
  return new Metric({
    namespace: 'BreachReset',
    metricName,
    dimensionsMap: { ...emitter },
    statistic,
    ...rest,
  })
}
