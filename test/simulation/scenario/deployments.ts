import { stages } from '../../../infra/stages.ts'
import type { Deployment } from '../world/world.ts'
import type { Scenario } from './scenario.ts'

const stage = { ...stages.dev, retryHorizonHours: 1 }
const settings = {
  settleReserveMs: 12_000,
  visibilityTimeoutSeconds: 360,
  membersPerMessage: 3,
}

/**
 * Small numbers, so that a few people already meet every bound. `narrow`: a rate that a handful of calls fills.
 * `wide`: so fast that the people in flight are the bound, and events of more than ten chunks.
 */
export const DEPLOYMENTS: Record<Scenario['deployment'], Deployment> = {
  narrow: {
    stage: { ...stage, stytchRequestsPerSecond: 12, maxMembersPerEvent: 8 },
    settings: {
      ...settings,
      requestsPerSecond: 6,
      callsInFlight: 3,
      mostUnrecorded: 4,
      recordsPerBatch: 3,
      messagesAtOnce: 2,
    },
    recycled: 0.1,
  },
  wide: {
    stage: { ...stage, stytchRequestsPerSecond: 1000, maxMembersPerEvent: 50 },
    settings: {
      ...settings,
      requestsPerSecond: 500,
      callsInFlight: 20,
      mostUnrecorded: 30,
      recordsPerBatch: 10,
      messagesAtOnce: 20,
      membersPerMessage: 4,
    },
    recycled: 0.1,
  },
}
