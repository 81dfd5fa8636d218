import { deriveSettings } from '../../../infra/derive-settings.ts'
import { stages } from '../../../infra/stages.ts'
import type { Deployment } from '../world/world.ts'

const stage = { ...stages.prod, mode: 'enforce', maxMembersPerEvent: 10_000 } as const

/** The stage `prod`, turned on, with room for the largest event. */
export const prodDeployment: Deployment = { stage, settings: deriveSettings(stage), recycled: 0.001 }
