import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

/** An alarm as somebody who is woken by it needs it. */
export type AlarmDefinition = {
  id: string
  /** The heading of its section in docs/runbook.md. Left out: the id. */
  section?: string
  /** What it means, in one sentence. */
  meaning: string
  metric: IMetric
  /** Alarms above this, or with `below`, below it. */
  threshold: number
  below?: boolean
  /** How many periods of the metric in a row. Left out: one. */
  periods?: number
  /** Left out: no data is a good sign, for nothing happened. */
  missingIsBad?: boolean
}
