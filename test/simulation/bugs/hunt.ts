import type { Violation } from '../invariants/invariants.ts'
import { judgeScenario } from '../report/run.ts'
import { scenarioOf } from '../scenario/scenario.ts'
import { BUGS, type Bug } from './bugs.ts'

const MAX_SEEDS = 5000

/** Puts every deliberate bug in place, one after the other, and says which promise gave it away. Resolves to whether all were. */
export async function huntAll(say: (text: string) => void): Promise<boolean> {
  const missed: string[] = []
  say('| deliberate bug | breaks, named beforehand | caught by seed | also broken |\n|---|---|---|---|')
  for (const [name, bug] of Object.entries(BUGS)) {
    const caught = await hunt(bug, MAX_SEEDS)
    if (!caught) missed.push(name)
    const others = new Set(caught?.violations.map(({ invariant }) => invariant))
    others.delete(bug.breaks)
    say(`| ${name} | ${bug.breaks} | ${caught?.seed ?? 'none'} | ${[...others].join(', ')} |`)
  }
  const count = Object.keys(BUGS).length
  say(`\n${count - missed.length} of ${count} deliberate bugs were caught by the promise named beforehand.`)
  return missed.length === 0
}

/** Runs seeds with a bug in place until its promise is broken. Resolves to undefined when no seed up to `maxSeeds` did it. */
export async function hunt(
  { breaks, seams }: Bug,
  maxSeeds: number,
): Promise<{ seed: number; violations: Violation[] } | undefined> {
  for (let seed = 1; seed <= maxSeeds; seed++) {
    const { violations } = await judgeScenario(scenarioOf(seed), seams)
    if (violations.some(({ invariant }) => invariant === breaks)) return { seed, violations }
  }
  return undefined
}
