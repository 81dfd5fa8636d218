import { Duration } from 'aws-cdk-lib'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

const NEAR_TIMEOUT = 0.95

/** Failing invocations and records of one function, and what it loses of its bookkeeping. `name` begins the ids; the functions share the sections of the runbook. */
export function functionAlarms(
  name: 'FanOut' | 'RequireReset' | 'EndSessions',
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
      meaning: `An invocation of ${service} came within 5 % of its timeout, although it is built to stop earlier.`,
      metric: lambda.metricDuration({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: NEAR_TIMEOUT * timeout.toMilliseconds(),
    },
    {
      id: `${name}Throttles`,
      section: 'FunctionThrottles',
      meaning: `Lambda had no execution left for ${service}, three times in a quarter of an hour; after five receives SQS dead-letters the messages.`,
      // Only the account can be full: `maximumConcurrency` is at most what is reserved. A single throttle costs one of five receives.
      metric: lambda.metricThrottles({ period: Duration.minutes(15) }),
      threshold: 2,
    },
    {
      id: `${name}RecordsFailing`,
      section: 'RecordsFailing',
      meaning: `Three records of ${service} failed in a quarter of an hour; after five receives SQS dead-letters them.`,
      metric: ownMetric({ service, stage }, 'RecordFailed', { period: Duration.minutes(15) }),
      threshold: 2,
    },
    {
      id: `${name}ProgressLost`,
      section: 'ProgressLost',
      meaning: `A fact or an outcome event of ${service} was lost: status, report and events may be incomplete, and nobody is lost.`,
      metric: ownMetric({ service, stage }, 'ProgressLost', { period: Duration.minutes(15) }),
      threshold: 0,
    },
  ]
}
