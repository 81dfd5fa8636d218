import fc from 'fast-check'
import type { Scenario } from './scenario.ts'
import { scenarioArbitrary } from './scenario-arbitrary.ts'

/** The scenario that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarioArbitrary, { seed, numRuns: 1 })
  if (!scenario) throw new Error('fast-check made no scenario')
  return scenario
}
