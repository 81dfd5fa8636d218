import type { InvariantName, Violation } from '../invariants/invariants.ts'
import { judgeScenario } from '../report/tally.ts'
import { scenarioOf } from '../scenario/arbitrary.ts'
import type { Seams } from '../world/boot.ts'

const MAX_SEEDS = 5000

/** A bug put between the real code and its effects, with the promise it is expected to break. */
export type Bug = { breaks: InvariantName; seams: Seams }

/** Plants every bug, one after the other, and prints which promise caught it. Resolves to whether all were caught. */
export async function huntAll(
  bugs: Readonly<Record<string, Bug>>,
  print: (text: string) => void,
): Promise<boolean> {
  const missed: string[] = []
  print('| planted bug | expected to break | caught by seed | also broken |\n|---|---|---|---|')
  for (const [name, bug] of Object.entries(bugs)) {
    const caught = await hunt(bug, MAX_SEEDS)
    if (!caught) missed.push(name)
    const others = new Set(caught?.violations.map(({ invariant }) => invariant))
    others.delete(bug.breaks)
    print(`| ${name} | ${bug.breaks} | ${caught?.seed ?? 'none'} | ${[...others].join(', ')} |`)
  }
  const count = Object.keys(bugs).length
  print(
    `\n${count - missed.length} of ${count} planted bugs were caught by the promise they were expected to break.`,
  )
  return missed.length === 0
}

/** Plays seeds with a planted bug until its promise is broken. Resolves to undefined when none of `maxSeeds` seeds breaks it. */
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
