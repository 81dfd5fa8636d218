/** An alarm as CloudWatch evaluates it. */
export type Alarm = {
  queries: MetricQuery[]
  /** The query whose value is compared. */
  decides: MetricQuery
  periods: number
  isBreaching: (value: number | undefined) => boolean
}

/** Whether the alarm is on at `at` (ms since the epoch): every one of its last periods breaches. */
export function isAlarming(
  { queries, decides, periods, isBreaching }: Alarm,
  store: MetricStore,
  at: number,
): boolean {
  const ends = Array.from({ length: periods }, (_, ago) => at - ago * decides.periodMs)
  return ends.every((end) => isBreaching(evaluateQuery(decides, queries, store, end)))
}

/** A metric with a statistic, or an expression over others by their ids. */
export type MetricQuery = { id: string; periodMs: number } & (
  | { metric: Metric; stat: string }
  | { expression: string }
)

/** The value of a query over the period that ends at `to` (ms since the epoch); undefined without data. */
export function evaluateQuery(
  query: MetricQuery,
  others: readonly MetricQuery[],
  store: MetricStore,
  to: number,
): number | undefined {
  const from = to - query.periodMs
  if ('metric' in query) return statistic(query.stat, store.values(query.metric, from, to))
  const { ids, evaluate } = compile(query.expression)
  const used = ids.flatMap((name) => others.find(({ id }) => id === name) ?? [])
  const values = used.map((other) => evaluateQuery({ ...other, periodMs: query.periodMs }, others, store, to))
  if (values.includes(undefined) && !query.expression.includes('FILL')) return undefined
  return evaluate(IF, FILL, () => query.periodMs / 1000, ...values)
}

const FILL = (value: number | undefined, otherwise: number) => value ?? otherwise
const IF = (condition: boolean, yes: number, no: number) => (condition ? yes : no)
type Compiled = { ids: string[]; evaluate: (...values: unknown[]) => number }
const compiled = new Map<string, Compiled>()

/** An expression as a function of IF, FILL, PERIOD and the values of the queries that it names by their ids. CloudWatch's metric math reads like JavaScript, as far as it is used here. */
function compile(expression: string): Compiled {
  const known = compiled.get(expression)
  if (known) return known
  // Ids begin with a small letter, functions are in capitals.
  const ids = [...new Set(expression.match(/\b[a-z]\w*/g))]
  const evaluate = new Function(
    'IF',
    'FILL',
    'PERIOD',
    ...ids,
    `return ${expression}`,
  ) as Compiled['evaluate']
  compiled.set(expression, { ids, evaluate })
  return { ids, evaluate }
}

function statistic(stat: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const sum = values.reduce((total, value) => total + value, 0)
  const percentile = /^p(\d+)$/.exec(stat)?.[1]
  if (percentile)
    return values.toSorted((a, b) => a - b)[Math.ceil((values.length * Number(percentile)) / 100) - 1]
  if (stat === 'Sum') return sum
  if (stat === 'Average') return sum / values.length
  if (stat === 'SampleCount') return values.length
  if (stat === 'Maximum') return Math.max(...values)
  if (stat === 'Minimum') return Math.min(...values)
  throw new Error(`unknown statistic: ${stat}`)
}

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
      known.samples.splice(firstSince(known.samples, at + 1), 0, ...values.map((value) => ({ at, value })))
      metrics.set(key, known)
    },
    /** The samples from `from` on and before `to`. */
    values(metric: Metric, from: number, to: number): number[] {
      const samples = metrics.get(keyOf(metric))?.samples ?? []
      return samples.slice(firstSince(samples, from), firstSince(samples, to)).map(({ value }) => value)
    },
    metrics: () => [...metrics.values()],
  }
}

/** The place of the first sample that is not before `from`. Samples are in the order of time. */
function firstSince(samples: readonly { at: number }[], from: number): number {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((samples[middle]?.at ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  const names = Object.keys(dimensions).sort()
  return names.reduce(
    (key, dimension) => `${key}\n${dimension}\n${dimensions[dimension]}`,
    `${namespace}\n${name}`,
  )
}
