import type { Stage } from '../../infra/stage.ts'
import { stages } from '../../infra/stages.ts'

/** From how many rows on a run is a long one: its functions' memory is watched, and its budget is what two cores can take. */
export const LONG_RUN_ROWS = 10_000

/**
 * The local stage for a run of so many rows. A long one has a budget that two cores don't reach, four environments, and
 * longer timeouts: a busy machine that leaves a call unanswered for a second would have it made again.
 */
export function toLocalStage(rows: number): Stage {
  if (rows < LONG_RUN_ROWS) return stages.local
  return {
    ...stages.local,
    stytchRequestsPerSecond: 1000,
    maximumConcurrency: 4,
    functionTimeoutSeconds: 15,
    stytchTimeoutSeconds: 5,
  }
}
