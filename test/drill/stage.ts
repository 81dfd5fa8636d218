import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

/** A production stage that enforces: its limits, and rates at which this machine plays a drill within minutes. */
export const DRILL_STAGE = {
  ...stages.prod,
  mode: 'enforce',
  maxMembersPerEvent: 1_000,
  maxMembersPerHour: 10_000,
  alarmAboveMembersPer5Minutes: 2_000,
  stytchRequestsPerSecond: 300,
  sessionSearchesPerMinute: 6_000,
  sessionsWindowSeconds: 1,
} as const satisfies Stage

export const STAGE_NAME = 'prod'
