import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import { toStage } from '../stage.ts'

/** What `npm start` runs: short timeouts and a fast Stytch, so that nobody waits. */
export const localStage = toStage({
  mode: 'enforce',
  stytchEnvironment: 'test',
  stytchRequestsPerSecond: 100,
  maxMembersPerEvent: 10_000,
  functionTimeout: Duration.seconds(5),
  stytchTimeout: Duration.seconds(1),
  sessionSearchesPerMinute: 6_000,
  sessionsWindow: Duration.seconds(1),
  outcomes: { eventBus: 'local' },
  logRetention: RetentionDays.TWO_WEEKS,
  retainData: false,
})
