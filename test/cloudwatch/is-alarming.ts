import { evaluateQuery, type MetricQuery } from './evaluate-query.ts'
import type { MetricStore } from './metric-store.ts'

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
