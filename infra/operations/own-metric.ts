import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'

/** The dimensions of a metric: which function emits it, in which stage. */
export type Emitter = { service: 'fan-out' | 'require-reset' | 'end-sessions'; stage: string }

/** A metric that the functions emit. Without a `statistic`, the sum. */
export function ownMetric(emitter: Emitter, metricName: MetricName, props: MetricOptions): Metric {
  const { statistic = Stats.SUM, ...rest } = props
  return new Metric({
    namespace: 'BreachReset',
    metricName,
    dimensionsMap: { ...emitter },
    statistic,
    ...rest,
  })
}
