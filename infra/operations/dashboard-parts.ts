import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import type { Functions } from '../create-functions.ts'
import type { Queues } from '../create-queues.ts'
import type { Stage } from '../stage.ts'

/** What the rows of the dashboard are made from. */
export type DashboardParts = {
  stageName: string
  stage: Stage
  queues: Queues
  functions: Functions
  alarms: readonly Alarm[]
}
