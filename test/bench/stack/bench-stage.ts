import type { Stage } from '../../../infra/stage.ts'
import { type StageName, stages } from '../../fixtures/stages.ts'

const MAX_EVENT = 10_000

/** A stage as it is, but turned on, and with room for the largest event. */
export function benchStage(name: StageName): Stage {
  return { ...stages[name], mode: 'enforce', maxMembersPerEvent: MAX_EVENT }
}
