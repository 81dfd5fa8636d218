import { deriveSettings } from '../../../../infra/derive-settings.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { mostInASecond } from '../../../simulation/invariants/most-in-a-second.ts'
import { bigBreach } from '../../../simulation/outage/big-breach.ts'
import { toBody } from '../../../simulation/scenario/to-body.ts'
import { bootFanOut } from '../../../simulation/world/boot-fan-out.ts'
import { bootRequireReset } from '../../../simulation/world/boot-require-reset.ts'
import { createWorld } from '../../../simulation/world/create-world.ts'
import type { Seams } from '../../../simulation/world/seams.ts'
import { startMapping } from '../../../simulation/world/start-mapping.ts'
import { createBenchQueue, type Receives } from './create-bench-queue.ts'
import { createSteadyStytch } from './create-steady-stytch.ts'

const LONGEST_MS = 24 * 3_600_000

/** An event of `members` members, sent so many ms after the start. */
export type SentEvent = { members: number; at: number }

export type Played = {
  /** For each event: from sending it to the arrival of its last reset at Stytch, in seconds. NaN: somebody was not reset. */
  seconds: number[]
  /** Arrivals at Stytch in the busiest second. */
  busiest: number
  /** Invocations of require-reset that began. */
  invocations: number
}

/**
 * Plays events on the simulated clock through both functions, until everybody of the last `awaited` events is reset:
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
  const { stage, events, latencyMs, receives, awaited = events.length, entropy = 1 } = options
  const total = events.reduce((sum, { members }) => sum + members, 0)
  const settings = deriveSettings(stage)
  const scenario = bigBreach(total, [], entropy)
  const { world, journal } = createWorld(scenario, { stage, settings, recycled: 0 })
  const { timeline, queues, people, startedAt } = world
  const visibilityMs = settings.visibilityTimeoutSeconds * 1000
  for (const name of ['breach', 'reset'] as const)
    queues[name] = createBenchQueue(world, { name, visibilityMs, receives })

  const firstOf = events.map((_, index) =>
    events.slice(0, index).reduce((sum, { members }) => sum + members, 0),
  )
  const arrivedAt = new Map<number, number>()
  const arrivals: number[] = []
  const waiting = new Set<number>()
  for (let person = firstOf.at(-awaited) ?? 0; person < total; person++) waiting.add(person)
  const onArrival = (person: number, at: number) => {
    arrivals.push(at)
    arrivedAt.set(person, at)
    waiting.delete(person)
  }
  const seams: Seams = {
    resetEffects: (effects, _, environment) => ({
      ...effects,
      requireReset: createSteadyStytch(world, environment, { latencyMs, onArrival }),
    }),
  }
  startMapping(world, {
    role: 'fan-out',
    queue: queues.breach,
    boot: (environment) => bootFanOut(world, environment, seams),
  })
  startMapping(world, {
    role: 'require-reset',
    queue: queues.reset,
    boot: (environment) => bootRequireReset(world, environment, seams),
  })
  for (const [number, { members, at }] of events.entries()) {
    const first = firstOf[number] ?? 0
    const rows = Array.from({ length: members }, (_, index) => ({
      person: first + index,
      ids: 'none' as const,
    }))
    timeline.at(startedAt + at, () => {
      const [plain] = scenario.produced
      if (!plain) return
      const context = { number, start: startedAt, lastCallAt: startedAt, emailOf: people.emailOf }
      queues.breach.send({ body: toBody({ ...plain, rows }, context), by: 'a producer' })
    })
  }
  await timeline.run(startedAt + LONGEST_MS, () => waiting.size === 0)

  const lastOf = ({ members }: SentEvent, index: number) =>
    Math.max(
      ...Array.from(
        { length: members },
        (_, offset) => arrivedAt.get((firstOf[index] ?? 0) + offset) ?? Number.NaN,
      ),
    )
  return {
    seconds: events.map((event, index) => (lastOf(event, index) - startedAt - event.at) / 1000),
    busiest: mostInASecond(arrivals),
    invocations: journal.filter((entry) => entry.what === 'invoked' && entry.role === 'require-reset').length,
  }
}
