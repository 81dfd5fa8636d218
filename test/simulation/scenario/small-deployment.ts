import { stages } from '../../../infra/stages.ts'
import type { Deployment } from '../world/world.ts'

/** Small numbers, so that a few people already meet every bound: three people a message, four called and not recorded. */
export const smallDeployment: Deployment = {
  stage: { ...stages.dev, stytchRequestsPerSecond: 12, maxMembersPerEvent: 8 },
  recycled: 0.1,
  settings: {
    requestsPerSecond: 5,
    callsInFlight: 4,
    settleReserveMs: 12_000,
    recordsPerBatch: 3,
    membersPerMessage: 3,
    visibilityTimeoutSeconds: 360,
  },
}
