import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Functions } from '../create-functions.ts'
import type { Queues } from '../create-queues.ts'
import type { Stage } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'
import { canaryAlarm } from './canary-alarm.ts'
import { functionAlarms } from './function-alarms.ts'
import { queueAlarms } from './queue-alarms.ts'
import { resetAlarms } from './reset-alarms.ts'
import { runbookLink } from './runbook-link.ts'

/** Every alarm of a stage. The topic hears when one begins, and when it is over. */
export function createAlarms(
  scope: Construct,
  parts: { stageName: string; stage: Stage; queues: Queues; functions: Functions; topic: ITopic },
): Alarm[] {
  const { stageName, stage, queues, functions, topic } = parts
  const timeout = Duration.seconds(stage.functionTimeoutSeconds)
  const fanOut = { service: 'fan-out', stage: stageName } as const
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const definitions: AlarmDefinition[] = [
    ...queueAlarms(queues),
    ...resetAlarms(requireReset),
    ...functionAlarms('FanOut', fanOut, functions.fanOut, timeout),
    ...functionAlarms('RequireReset', requireReset, functions.requireReset, timeout),
    ...(stage.canaryEveryMinutes === undefined ? [] : [canaryAlarm(requireReset)]),
  ]
  const action = new SnsAction(topic)
  return definitions.map(({ id, section = id, meaning, metric, threshold, below, periods, missingIsBad }) => {
    const alarm = new Alarm(scope, id, {
      alarmDescription: `${meaning} ${runbookLink(stage, section)}`,
      metric,
      threshold,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods ?? 1,
      treatMissingData: missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
    alarm.addAlarmAction(action)
    alarm.addOkAction(action)
    return alarm
  })
}
