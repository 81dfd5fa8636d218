import { Duration } from 'aws-cdk-lib'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

const NEAR_TIMEOUT = 0.95

/** What one function can tell. `name` begins the ids; the sections of the runbook are the same for both functions. */
export function functionAlarms(
  name: 'FanOut' | 'RequireReset',
  { service, stage }: Emitter,
  lambda: NodejsFunction,
  timeout: Duration,
): AlarmDefinition[] {
  return [
    {
      id: `${name}Errors`,
      section: 'FunctionErrors',
      meaning: `An invocation of ${service} failed or was killed; SQS delivers its messages again.`,
      metric: lambda.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
    },
    {
      id: `${name}Timeouts`,
      section: 'FunctionTimeouts',
      meaning: `An invocation of ${service} has run into its timeout, which it is made to stay away from.`,
      metric: lambda.metricDuration({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: NEAR_TIMEOUT * timeout.toMilliseconds(),
    },
    {
      id: `${name}RecordsFailing`,
      section: 'RecordsFailing',
      meaning: `Three records of ${service} failed in a quarter of an hour; after five receives SQS dead-letters them.`,
      metric: ownMetric({ service, stage }, 'RecordFailed', { period: Duration.minutes(15) }),
      threshold: 2,
    },
  ]
}
