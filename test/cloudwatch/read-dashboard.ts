import * as z from 'zod'
import type { MetricQuery } from './metrics.ts'
import { resolveNames } from './read-alarms.ts'

const OptionsSchema = z.object({
  id: z.string().default(''),
  label: z.string().default(''),
  color: z.string().optional(),
  period: z.number().optional(),
  stat: z.string().default('Average'),
  expression: z.string().optional(),
  visible: z.boolean().default(true),
})

const PropertiesSchema = z.object({
  title: z.string().default(''),
  view: z.string().default(''),
  stacked: z.boolean().default(false),
  metrics: z.array(z.array(z.unknown())).default([]),
  annotations: z
    .object({ horizontal: z.array(z.object({ value: z.number(), label: z.string() })) })
    .default({ horizontal: [] }),
  alarms: z.array(z.string()).default([]),
  markdown: z.string().default(''),
  query: z.string().default(''),
})

const BodySchema = z.object({
  widgets: z.array(
    z.object({
      type: z.enum(['text', 'alarm', 'metric', 'log']),
      ...{ x: z.number(), y: z.number(), width: z.number(), height: z.number() },
      properties: PropertiesSchema,
    }),
  ),
})

type Series = { label: string; color: string | undefined; query: MetricQuery; others: MetricQuery[] }
export type Widget = Omit<z.infer<typeof PropertiesSchema>, 'metrics'> &
  Pick<z.infer<typeof BodySchema>['widgets'][number], 'type' | 'x' | 'y' | 'width' | 'height'> & {
    series: Series[]
  }

/** The widgets of a dashboard, by its `DashboardBody` in a template. */
export function readDashboard(dashboardBody: unknown): Widget[] {
  const body = BodySchema.parse(JSON.parse(String(resolveNames(dashboardBody))))
  return body.widgets.map(({ properties: { metrics, ...properties }, ...place }) => {
    const all = metrics.map(toSeries)
    const others = all.map(({ query }) => query)
    const shown = all.filter(({ visible }) => visible)
    return {
      ...{ ...place, ...properties },
      series: shown.map(({ label, color, query }) => ({ label, color, query, others })),
    }
  })
}

/** Written as CloudWatch has it: namespace, name, pairs of dimension name and value, options. */
function toSeries(row: unknown[]) {
  const last = row.at(-1)
  const options = OptionsSchema.parse(typeof last === 'object' ? last : {})
  const { id, label, color, visible, expression, stat } = options
  const periodMs = (options.period ?? 60) * 1000
  if (expression !== undefined) return { label, color, visible, query: { id, periodMs, expression } }
  const [namespace = '', name = '', ...pairs] = row.filter((part) => typeof part === 'string')
  const dimensions = Object.fromEntries(
    pairs.flatMap((part, index) => (index % 2 === 0 ? [[part, pairs[index + 1] ?? '']] : [])),
  )
  return { label, color, visible, query: { id, periodMs, stat, metric: { namespace, name, dimensions } } }
}
