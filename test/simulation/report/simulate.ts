import cliProgress from 'cli-progress'
import { BUGS } from '../bugs/bugs.ts'
import type { SimulateOptions } from '../parse-options.ts'
import { deploymentOf } from '../scenario/deployment-of.ts'
import { play } from '../world/play.ts'
import { rarestHit } from './rarest-hit.ts'
import { runSeeds } from './run-seeds.ts'
import { shrink } from './shrink.ts'
import { toSummary } from './to-summary.ts'
import { toTrace } from './to-trace.ts'

const ENOUGH_SEEDS = 10_000
const ENOUGH_HITS = 100

/**
 * Plays the scenarios of many seeds, with a deliberate bug in place or none, and says what happened. Resolves to whether
 * every promise held and, of 10,000 seeds or more, each fault struck at each step 100 times.
 */
export async function simulate(
  { seeds, firstSeed, bug }: Pick<SimulateOptions, 'seeds' | 'firstSeed' | 'bug'>,
  say: (text: string) => void,
): Promise<boolean> {
  const progress = new cliProgress.SingleBar({
    format: 'seeds {bar} {value}/{total}, {eta_formatted} left',
    clearOnComplete: true,
  })
  progress.start(seeds, 0)
  const tally = await runSeeds({ first: firstSeed, count: seeds, bug }, () => progress.increment())
  progress.stop()
  const seams = bug === undefined ? {} : (BUGS[bug]?.seams ?? {})
  const [violation] = tally.violations
  if (violation) {
    const { seed, invariant, detail } = violation
    const scenario = await shrink(seed, invariant, seams)
    say(`Seed ${seed} breaks "${invariant}": ${detail}. The shortest way there that was found:`)
    say(`${JSON.stringify(scenario)}`)
    say(toTrace(await play(scenario, deploymentOf(scenario), seams)).join('\n'))
  }
  say(toSummary(tally, firstSeed))
  const isEnough = seeds < ENOUGH_SEEDS || rarestHit(tally.hits).count >= ENOUGH_HITS
  if (!isEnough) say(`Not enough: each fault must strike at each step ${ENOUGH_HITS} times.`)
  return tally.violations.length === 0 && isEnough
}
