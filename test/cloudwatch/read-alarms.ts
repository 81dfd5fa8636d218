import * as z from 'zod'
import type { Template } from '../../infra/local/template.ts'
import type { Alarm, MetricQuery } from './metrics.ts'

/** Every alarm of a template, by its construct id. */
export function readAlarms({ Resources }: Template): Map<string, Alarm> {
  const alarms = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  return new Map(
    alarms.map(([logicalId, { Properties }]) => [
      constructIdOf(logicalId),
      readAlarm(resolveNames(Properties)),
    ]),
  )
}

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
function readAlarm(properties: unknown): Alarm {
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

/** A template value with each reference replaced by the construct id of the resource, which names it in the metrics of a test. */
export function resolveNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveNames)
  if (typeof value !== 'object' || value === null) return value
  if ('Ref' in value) return constructIdOf(String(value.Ref)).replace('AWS::Region', 'us-east-1')
  if ('Fn::GetAtt' in value) return constructIdOf(String((value['Fn::GetAtt'] as string[])[0]))
  // The name of a rule, which is taken out of its ARN.
  if ('Fn::Select' in value) return resolveNames((value['Fn::Select'] as [number, unknown])[1])
  if ('Fn::Split' in value) return resolveNames((value['Fn::Split'] as [string, unknown])[1])
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]]
    return parts.map(resolveNames).join(separator)
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveNames(inner)]))
}

/** A logical id without the hash that CDK appends. */
export function constructIdOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '')
}
