import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import cliProgress from 'cli-progress'
import fc from 'fast-check'
import { BUGS } from '../bugs/bugs.ts'
import type { InvariantName } from '../invariants/invariants.ts'
import { scenarioArbitrary, scenarioOf } from '../scenario/arbitrary.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Seams } from '../world/boot.ts'
import { play } from '../world/play.ts'
import { toSummary } from './summary.ts'
import { addCounts, emptyTally, judgeScenario, rarestHit, type Tally } from './tally.ts'
import { formatTrace } from './trace.ts'

const ENOUGH_SEEDS = 10_000
const ENOUGH_HITS = 100
const MAX_SHRINK_PLAYS = 1000

/**
 * Plays the scenarios of many seeds, with a planted bug or without, and prints what happened. Resolves to whether every
 * promise held and, for 10,000 seeds or more, every fault struck 100 times at each of its steps.
 */
export async function simulate(
  { seeds, firstSeed, bug }: { seeds: number; firstSeed: number; bug: string | undefined },
  print: (text: string) => void,
): Promise<boolean> {
  const progress = new cliProgress.SingleBar({
    format: 'seeds {bar} {value}/{total}, {eta_formatted} left',
    clearOnComplete: true,
  })
  progress.start(seeds, 0)
  const tally = await playSeeds({ first: firstSeed, count: seeds, bug }, ([violation]) => {
    if (violation) print(`Seed ${violation.seed} breaks "${violation.invariant}": ${violation.detail}.`)
    progress.increment()
  })
  progress.stop()
  const [violation] = tally.violations
  if (violation) await explain(violation, seamsOf(bug), print)
  print(toSummary(tally, firstSeed))
  const isEnough = seeds < ENOUGH_SEEDS || rarestHit(tally.hits).count >= ENOUGH_HITS
  if (!isEnough) print(`Not enough: each fault must strike at each step ${ENOUGH_HITS} times.`)
  return tally.violations.length === 0 && isEnough
}

/** Returns the seams with the planted bug of that name in them; without a name, empty ones. */
export function seamsOf(bug: string | undefined): Seams {
  return bug === undefined ? {} : (BUGS[bug]?.seams ?? {})
}

/** Plays `count` seeds from `first` on, shared among the cores. Rejects when a worker breaks. */
async function playSeeds(
  { first, count, bug }: { first: number; count: number; bug: string | undefined },
  onSeed: (violations: Tally['violations']) => void,
): Promise<Tally> {
  const step = Math.min(availableParallelism(), count)
  const parts = Array.from({ length: step }, (_, number) =>
    playPart({ first: first + number, step, end: first + count, bug }, onSeed),
  )
  const tally = emptyTally()
  for (const part of await Promise.all(parts)) addCounts(tally, part)
  tally.violations.sort((one, other) => one.seed - other.seed)
  return tally
}

/** The work of one thread: every `step`th seed from `first` to before `end`, with the planted bug of that name. */
export type SeedPart = { first: number; step: number; end: number; bug: string | undefined }

function playPart(workerData: SeedPart, onSeed: (violations: Tally['violations']) => void): Promise<Tally> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Tally['violations'] | Tally) => {
      if (Array.isArray(message)) onSeed(message)
      else resolve(message)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a worker ended with ${code} and no tally`)))
  })
}

/** Prints the shortest course of events that is found and breaks the same promise as a seed. */
async function explain(
  { seed, invariant }: Tally['violations'][number],
  seams: Seams,
  print: (text: string) => void,
): Promise<void> {
  print(`Looking for the shortest course of events that breaks "${invariant}" as seed ${seed} does ...`)
  const { scenario, isCutShort } = await shrink(seed, invariant, seams)
  print(
    isCutShort
      ? `The shortest of ${MAX_SHRINK_PLAYS} that were tried; shorter ones may exist:`
      : 'The shortest:',
  )
  print(JSON.stringify(scenario))
  print(formatTrace(await play(scenario, seams)).join('\n'))
}

/** Makes the scenario of a seed as small as `maxPlays` allow while it still breaks the same promise. */
export async function shrink(
  seed: number,
  broken: InvariantName,
  seams: Seams = {},
  maxPlays = MAX_SHRINK_PLAYS,
): Promise<{ scenario: Scenario; isCutShort: boolean }> {
  let plays = 0
  const holds = fc.asyncProperty(scenarioArbitrary, async (scenario) => {
    if (++plays > maxPlays) return true
    const { violations } = await judgeScenario(scenario, seams)
    return violations.every(({ invariant }) => invariant !== broken)
  })
  const { counterexample } = await fc.check(holds, { seed, numRuns: 1 })
  return { scenario: counterexample?.[0] ?? scenarioOf(seed), isCutShort: plays > maxPlays }
}
