import * as z from 'zod'
import type { Datum } from './metrics.ts'

const EmfSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
})
const ValuesSchema = z.union([z.number().transform((value) => [value]), z.array(z.number())])

/** The metrics in a log line of a function, in CloudWatch's embedded metric format; none in any other line. */
export function readEmf(line: string): Datum[] {
  if (!line.includes('"_aws"')) return []
  const emf = EmfSchema.parse(JSON.parse(line))
  return emf._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, z.string().parse(emf[name])])),
        unit: Unit,
        at: emf._aws.Timestamp,
        values: ValuesSchema.parse(emf[Name]),
      })),
    ),
  )
}
