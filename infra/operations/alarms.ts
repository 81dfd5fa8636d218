import { type Duration, Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Functions } from '../functions.ts'
import type { Queues } from '../queues.ts'
import type { Stage } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'
import { deliveryAlarms, type Rules } from './delivery-alarms.ts'
import { functionAlarms } from './function-alarms.ts'
import { type Emitter, ownMetric } from './own-metric.ts'
import { queueAlarms } from './queue-alarms.ts'
import { resetAlarms, sessionsAlarms } from './step-alarms.ts'
import { volumeAlarms } from './volume-alarms.ts'

/** The alarms, by their ids, which docs/runbook.md explains. */
export type Alarms = Readonly<Record<string, Alarm>>

/** Every alarm of a stage. The topic gets a notification when an alarm goes on and when it goes off. */
export function createAlarms(
  scope: Construct,
  parts: {
    stageName: string
    stage: Stage
    queues: Queues
    functions: Functions
    rules: Rules
    topic: ITopic
  },
): Alarms {
  const { stageName, stage, queues, functions, rules, topic } = parts
  const { functionTimeout: timeout, alarmThresholds: thresholds, canaryEvery } = stage
  const fanOut = { service: 'fan-out', stage: stageName } as const
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const endSessions = { service: 'end-sessions', stage: stageName } as const
  const definitions: AlarmDefinition[] = [
    ...queueAlarms(queues, thresholds),
    ...deliveryAlarms(stage, rules, Stack.of(scope)),
    ...volumeAlarms(thresholds, fanOut, requireReset),
    ...resetAlarms(requireReset, thresholds),
    ...functionAlarms('FanOut', fanOut, functions.fanOut, timeout),
    ...functionAlarms('RequireReset', requireReset, functions.requireReset, timeout),
    ...(functions.endSessions
      ? [
          ...sessionsAlarms(endSessions, thresholds),
          ...functionAlarms('EndSessions', endSessions, functions.endSessions, timeout),
        ]
      : []),
    // In a dry run nobody is passed on, so a canary comes no further than to require-reset.
    ...(canaryEvery === undefined
      ? []
      : [
          canaryAlarm(
            functions.endSessions && stage.mode === 'enforce' ? endSessions : requireReset,
            canaryEvery,
          ),
        ]),
  ]
  const action = new SnsAction(topic)
  return Object.fromEntries(
    definitions.map((definition) => [definition.id, createAlarm(scope, definition, stage, action)]),
  )
}

function createAlarm(
  scope: Construct,
  { id, section = id, meaning, metric, threshold, below, periods, missingIsBad }: AlarmDefinition,
  stage: Stage,
  action: SnsAction,
): Alarm {
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
}

/**
 * Without it, a broken system would look like a quiet one. A period without data is filled: where data is missing CloudWatch looks further back,
 * and would let an earlier canary count, for hours.
 */
function canaryAlarm(last: Emitter, period: Duration): AlarmDefinition {
  return {
    id: 'NoCanary',
    meaning: 'Three canary events in a row have not come through: a breach event would not either.',
    metric: new MathExpression({
      expression: 'FILL(passed, 0)',
      usingMetrics: { passed: ownMetric(last, 'CanaryPassed', { period }) },
      period,
    }),
    threshold: 1,
    below: true,
    periods: 3,
    missingIsBad: true,
  }
}

/** Where to read a section of the runbook: at the URL of the stage or, without one, in this repository. */
export function runbookLink({ runbookUrl = 'docs/runbook.md' }: Stage, section: string): string {
  return `${runbookUrl}#${section.toLowerCase()}`
}
