import fc from 'fast-check'
import type { InvariantName } from '../invariants/invariants.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { scenarioArbitrary } from '../scenario/scenario-arbitrary.ts'
import { scenarioOf } from '../scenario/scenario-of.ts'
import type { Seams } from '../world/seams.ts'
import { judgeScenario } from './judge-scenario.ts'

/** Makes the scenario of a seed as small as it can be and still break the same promise. */
export async function shrink(seed: number, broken: InvariantName, seams: Seams = {}): Promise<Scenario> {
  const holds = fc.asyncProperty(scenarioArbitrary, async (scenario) => {
    const { violations } = await judgeScenario(scenario, seams)
    return violations.every(({ invariant }) => invariant !== broken)
  })
  const { counterexample } = await fc.check(holds, { seed, numRuns: 1 })
  return counterexample?.[0] ?? scenarioOf(seed)
}
