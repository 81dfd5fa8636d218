import type { Violation } from '../invariants/find-violations.ts'
import { judgeScenario } from '../report/judge-scenario.ts'
import { scenarioOf } from '../scenario/scenario-of.ts'
import type { Bug } from './bug.ts'

/** Runs seeds with a bug in place until its promise is broken. Resolves to undefined when no seed up to `mostSeeds` did it. */
export async function hunt(
  { breaks, seams }: Bug,
  mostSeeds: number,
): Promise<{ seed: number; violations: Violation[] } | undefined> {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { violations } = await judgeScenario(scenarioOf(seed), seams)
    if (violations.some(({ invariant }) => invariant === breaks)) return { seed, violations }
  }
  return undefined
}
