import { findRepeats } from '../invariants/find-repeats.ts'
import { scenarioOf } from '../scenario/scenario-of.ts'
import type { Seams } from '../world/seams.ts'
import { addCounts } from './add-counts.ts'
import { countSituations } from './count-situations.ts'
import { judgeScenario } from './judge-scenario.ts'
import { emptyTally, type Tally } from './tally.ts'

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
