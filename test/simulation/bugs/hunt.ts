import type { InvariantName, Violation } from '../invariants/invariants.ts'
import { judgeScenario } from '../report/tally.ts'
import { scenarioOf } from '../scenario/arbitrary.ts'
import type { Seams } from '../world/boot.ts'

const MAX_SEEDS = 5000

/**
 * A bug put between the real code and its effects, with the promise it is expected to break. `seed`: where the test begins to hunt;
 * none before it breaks the promise, as `npm run simulate -- --bugs` shows. It only saves time.
 */
export type Bug = { breaks: InvariantName; seams: Seams; seed?: number }

/** Plants every bug, one after the other, and prints which promise caught it. Resolves to whether all were caught. */
export async function huntAll(
  bugs: Readonly<Record<string, Bug>>,
  print: (text: string) => void,
): Promise<boolean> {
  const missed: string[] = []
  print('| planted bug | expected to break | caught by seed | also broken |\n|---|---|---|---|')
  for (const [name, bug] of Object.entries(bugs)) {
    const caught = await hunt({ ...bug, seed: 1 }, MAX_SEEDS)
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
  { breaks, seams, seed: first = 1 }: Bug,
  maxSeeds: number,
): Promise<{ seed: number; violations: Violation[] } | undefined> {
  for (let seed = first; seed < first + maxSeeds; seed++) {
    const { violations } = await judgeScenario(scenarioOf(seed), seams)
    if (violations.some(({ invariant }) => invariant === breaks)) return { seed, violations }
  }
  return undefined
}
