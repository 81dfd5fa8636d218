import { deriveSettings } from '../../../../infra/derive-settings.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { peakPerSecond } from '../../../simulation/invariants/story.ts'
import { bigBreach } from '../../../simulation/outage/outage.ts'
import { toBody } from '../../../simulation/scenario/arbitrary.ts'
import { startFunctions } from '../../../simulation/world/play.ts'
import { createWorld } from '../../../simulation/world/world.ts'
import { createArrivals } from './create-arrivals.ts'
import { createBenchQueue, type Receives } from './create-bench-queue.ts'
import { createSteadyStytch } from './create-steady-stytch.ts'

const MAX_MS = 24 * 3_600_000

/** An event of `members` members, sent so many ms after the start. */
export type SentEvent = { members: number; at: number }

export type Played = {
  /** For each event: from sending it to the arrival of its last call at Stytch, in seconds. NaN: somebody was not called yet. */
  seconds: number[]
  /** Arrivals at Stytch in the busiest second. */
  busiest: number
  /** Invocations of require-reset that began. */
  invocations: number
}

/**
 * Plays events on the simulated clock through both functions, until everybody of the last `awaited` events is called:
 * no fault, no cold start, requests to AWS of 2 to 60 ms, Stytch after `latencyMs` on average.
 */
export async function playEvents(options: {
  stage: Stage
  events: readonly SentEvent[]
  latencyMs: number
  receives: Receives
  awaited?: number
  entropy?: number
}): Promise<Played> {
  const { stage, latencyMs, receives, awaited = options.events.length, entropy = 1 } = options
  let total = 0
  const events = options.events.map((event) => {
    total += event.members
    return { ...event, first: total - event.members }
  })
  const settings = deriveSettings(stage)
  const scenario = bigBreach(total, [], entropy)
  const { world, journal } = createWorld(scenario, { stage, settings, recycled: 0 })
  const { timeline, queues, people, startedAt } = world
  const visibilityMs = settings.visibilityTimeoutSeconds * 1000
  for (const name of ['breach', 'reset'] as const)
    queues[name] = createBenchQueue(world, { name, visibilityMs, receives })

  const arrivals = createArrivals(events.at(-awaited)?.first ?? 0, total - 1)
  startFunctions(world, {
    resetEffects: (effects, _, environment) => ({
      ...effects,
      requireReset: createSteadyStytch(world, environment, { latencyMs, onArrival: arrivals.note }),
    }),
  })
  const context = { start: startedAt, lastCallAt: startedAt, emailOf: people.emailOf }
  for (const [number, { members, at, first }] of events.entries()) {
    const rows = scenario.produced.flatMap((produced) => produced.rows.slice(first, first + members))
    for (const produced of scenario.produced)
      timeline.at(startedAt + at, () =>
        queues.breach.send({ body: toBody({ ...produced, rows }, { ...context, number }), by: 'a producer' }),
      )
  }
  await timeline.run(startedAt + MAX_MS, arrivals.isComplete)
  return {
    seconds: events.map(
      ({ members, at, first }) => (arrivals.lastOf(first, members) - startedAt - at) / 1000,
    ),
    busiest: peakPerSecond(arrivals.moments()),
    invocations: journal.filter((entry) => entry.what === 'invoked' && entry.role === 'require-reset').length,
  }
}
