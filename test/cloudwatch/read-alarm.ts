import * as z from 'zod'
import type { MetricQuery } from './evaluate-query.ts'
import type { Alarm } from './is-alarming.ts'

const DimensionsSchema = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .transform((dimensions) => Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])))

const StatSchema = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: DimensionsSchema }),
  Period: z.number(),
  Stat: z.string(),
})

const AlarmSchema = z.object({
  Namespace: z.string().default(''),
  MetricName: z.string().optional(),
  Dimensions: DimensionsSchema.default({}),
  Statistic: z.string().default(''),
  Period: z.number().default(0),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        MetricStat: StatSchema.optional(),
        ReturnData: z.boolean().default(true),
      }),
    )
    .default([]),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
})

/** Reads an alarm's CloudFormation properties, references resolved. Throws on anything it does not know how to judge. */
export function readAlarm(properties: unknown): Alarm {
  const alarm = AlarmSchema.parse(properties)
  const toQuery = (id: string, { Metric, Period, Stat }: z.infer<typeof StatSchema>): MetricQuery => ({
    ...{ id, periodMs: Period * 1000, stat: Stat },
    metric: { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: Metric.Dimensions },
  })
  const stats = alarm.Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [toQuery(Id, MetricStat)] : []))
  const expressions = alarm.Metrics.filter(({ ReturnData }) => ReturnData).map(({ Id, Expression = '' }) => ({
    ...{ id: Id, expression: Expression, periodMs: stats[0]?.periodMs ?? 0 },
  }))
  const { Namespace, MetricName = '', Dimensions, Period, Statistic: Stat } = alarm
  const single = toQuery('single', { Metric: { Namespace, MetricName, Dimensions }, Period, Stat })
  const [decides = single] = expressions
  return {
    queries: stats.length > 0 ? stats : [single],
    decides,
    periods: alarm.EvaluationPeriods,
    isBreaching: (value) => {
      if (value === undefined) return alarm.TreatMissingData === 'breaching'
      return alarm.ComparisonOperator === 'GreaterThanThreshold'
        ? value > alarm.Threshold
        : value < alarm.Threshold
    },
  }
}
