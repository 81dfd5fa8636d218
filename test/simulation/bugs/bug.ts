import type { InvariantName } from '../invariants/invariants.ts'
import type { Seams } from '../world/seams.ts'

/** A deliberate bug, put between the real code and its effects, and the promise that it is known beforehand to break. */
export type Bug = { breaks: InvariantName; seams: Seams }
