import type { Cause } from '../invariants/cause-of-repeat.ts'
import type { Violation } from '../invariants/find-violations.ts'
import type { FaultKind, Step } from '../scenario/faults-at.ts'

export type Hits = Partial<Record<Step, Partial<Record<FaultKind, number>>>>

/** What many runs add up to. */
export type Tally = {
  seeds: number
  events: number
  members: number
  calls: number
  resets: number
  hits: Hits
  situations: Record<string, number>
  repeats: Partial<Record<Cause, number>>
  violations: ({ seed: number } & Violation)[]
}

export function emptyTally(): Tally {
  return {
    ...{ seeds: 0, events: 0, members: 0, calls: 0, resets: 0 },
    ...{ hits: {}, situations: {}, repeats: {}, violations: [] },
  }
}
