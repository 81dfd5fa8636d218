import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

/** An alarm, with what the on-call engineer needs to know. */
export type AlarmDefinition = {
  id: string
  /** The heading of its section in docs/runbook.md. Left out: the id. */
  section?: string
  /** In one sentence. */
  meaning: string
  metric: IMetric
  /** The alarm is on above this value, or with `below`, below it. */
  threshold: number
  below?: boolean
  /** How many periods of the metric in a row must breach. Left out: one. */
  periods?: number
  /** Left out: no data means that nothing happened, which is fine. */
  missingIsBad?: boolean
}
