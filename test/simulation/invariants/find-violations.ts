import { INVARIANTS, type InvariantName } from './invariants.ts'
import type { Story } from './story.ts'

export type Violation = { invariant: InvariantName; detail: string }

/** Every place where a run breaks a promise. */
export function findViolations(story: Story): Violation[] {
  const names = Object.keys(INVARIANTS) as InvariantName[]
  return names.flatMap((invariant) => INVARIANTS[invariant](story).map((detail) => ({ invariant, detail })))
}
