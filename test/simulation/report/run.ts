import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import cliProgress from 'cli-progress'
import fc from 'fast-check'
import { BUGS } from '../bugs/bugs.ts'
import { findViolations, type InvariantName, type Violation } from '../invariants/invariants.ts'
import { type Cause, findRepeats, type Story, tellStory } from '../invariants/story.ts'
import type { SimulateOptions } from '../parse-options.ts'
import { type FaultKind, type Step, scenarioArbitrary } from '../scenario/arbitrary.ts'
import { deploymentOf, type Scenario, scenarioOf } from '../scenario/scenario.ts'
import type { Seams } from '../world/boot.ts'
import { play } from '../world/play.ts'
import { addCounts, countSituations, rarestHit, toSummary, toTrace } from './show.ts'

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

/** Plays `count` seeds from `first` on, shared out among the cores. Rejects when a worker breaks. */
async function runSeeds(
  { first, count, bug }: { first: number; count: number; bug: string | undefined },
  onSeed: () => void,
): Promise<Tally> {
  const step = Math.min(availableParallelism(), count)
  const parts = Array.from({ length: step }, (_, number) =>
    runPart({ first: first + number, step, end: first + count, bug }, onSeed),
  )
  const tally = emptyTally()
  for (const part of await Promise.all(parts)) addCounts(tally, part)
  tally.violations.sort((one, other) => one.seed - other.seed)
  return tally
}

function runPart(workerData: SeedPart, onSeed: () => void): Promise<Tally> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: 'seed' | Tally) => {
      if (message === 'seed') onSeed()
      else resolve(message)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a worker ended with ${code} and no tally`)))
  })
}

/** The work of one thread: every `step`th seed from `first` to before `end`, with the deliberate bug of that name in place. */
export type SeedPart = { first: number; step: number; end: number; bug: string | undefined }

/** Plays the scenarios of seeds, one after the other, with a deliberate bug in place or none, and counts what happened. */
export async function tallySeeds(seeds: Iterable<number>, seams: Seams, onSeed: () => void): Promise<Tally> {
  const tally = emptyTally()
  for (const seed of seeds) {
    const { story, violations } = await judgeScenario(scenarioOf(seed), seams)
    const messages = [...story.messages.values()]
    const events = messages.filter(({ queue }) => queue === 'breach')
    const calls = [...story.calls.values()]
    addCounts(tally, {
      seeds: 1,
      events: events.length,
      members: events.reduce((sum, { rows, bad }) => sum + rows.size + bad, 0),
      calls: calls.length,
      resets: calls.filter(({ effect }) => effect).length,
      situations: countSituations(story),
    })
    for (const { cause } of findRepeats(story)) addCounts(tally, { repeats: { [cause]: 1 } })
    for (const entry of story.run.journal)
      if (entry.what === 'fault') addCounts(tally, { hits: { [entry.step]: { [entry.fault]: 1 } } })
    tally.violations.push(...violations.map((violation) => ({ seed, ...violation })))
    onSeed()
  }
  return tally
}

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

function emptyTally(): Tally {
  return {
    ...{ seeds: 0, events: 0, members: 0, calls: 0, resets: 0 },
    ...{ hits: {}, situations: {}, repeats: {}, violations: [] },
  }
}

/** Plays a scenario and finds what it breaks. */
export async function judgeScenario(
  scenario: Scenario,
  seams: Seams = {},
): Promise<{ story: Story; violations: Violation[] }> {
  const story = tellStory(await play(scenario, deploymentOf(scenario), seams))
  return { story, violations: findViolations(story) }
}

/** Makes the scenario of a seed as small as it can be and still break the same promise. */
export async function shrink(seed: number, broken: InvariantName, seams: Seams = {}): Promise<Scenario> {
  const holds = fc.asyncProperty(scenarioArbitrary, async (scenario) => {
    const { violations } = await judgeScenario(scenario, seams)
    return violations.every(({ invariant }) => invariant !== broken)
  })
  const { counterexample } = await fc.check(holds, { seed, numRuns: 1 })
  return counterexample?.[0] ?? scenarioOf(seed)
}
