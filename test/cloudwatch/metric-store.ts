export type Metric = { namespace: string; name: string; dimensions: Record<string, string> }
export type Datum = Metric & { unit: string; at: number; values: readonly number[] }
export type MetricStore = ReturnType<typeof createMetricStore>

/** Metrics as CloudWatch keeps them: one with other dimensions is another metric. Times in ms since the epoch. */
export function createMetricStore() {
  const metrics = new Map<string, Metric & { unit: string; samples: { at: number; value: number }[] }>()

  return {
    put({ at, values, unit, ...metric }: Datum): void {
      const key = keyOf(metric)
      const known = metrics.get(key) ?? { ...metric, unit, samples: [] }
      if (known.unit !== unit) throw new Error(`${metric.name} comes in ${known.unit} and in ${unit}`)
      known.samples.push(...values.map((value) => ({ at, value })))
      metrics.set(key, known)
    },
    /** The samples from `from` on and before `to`. */
    values(metric: Metric, from: number, to: number): number[] {
      const samples = metrics.get(keyOf(metric))?.samples ?? []
      return samples.filter(({ at }) => at >= from && at < to).map(({ value }) => value)
    },
    metrics: () => [...metrics.values()],
  }
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()])
}
