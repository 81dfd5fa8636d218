import { Duration } from 'aws-cdk-lib/core'
import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

/**
 * A production stage that enforces: its limits, and rates at which two cores play a drill within minutes. The services are in one process: if
 * they leave the functions' requests unanswered for two seconds, records fail, and come back only after the visibility timeout.
 */
export const DRILL_STAGE = {
  ...stages.prod,
  mode: 'enforce',
  maxMembersPerEvent: 1_000,
  maxMembersPerHour: 10_000,
  alarmThresholds: { ...stages.prod.alarmThresholds, membersPer5Minutes: 2_000 },
  stytchRequestsPerSecond: 100,
  sessionSearchesPerMinute: 6_000,
  sessionsWindow: Duration.seconds(1),
} as const satisfies Stage

export const STAGE_NAME = 'prod'
