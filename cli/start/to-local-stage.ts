import type { Stage } from '../../infra/stage.ts'
import { stages } from '../../infra/stages.ts'

/** From how many rows on a run is a long one: its functions' memory is watched, and its budget is more than two cores reach. */
export const LONG_RUN_ROWS = 10_000

/**
 * The local stage for a run of so many rows. A long one has four environments, half the memory (V8 lets its heap grow less,
 * and a leak shows sooner), and longer timeouts: a busy machine that leaves a call unanswered for a second would have it
 * made again.
 */
export function toLocalStage(rows: number): Stage {
  if (rows < LONG_RUN_ROWS) return stages.local
  return {
    ...stages.local,
    memoryMb: 256,
    stytchRequestsPerSecond: 1000,
    maximumConcurrency: 4,
    functionTimeoutSeconds: 60,
    stytchTimeoutSeconds: 10,
  }
}
