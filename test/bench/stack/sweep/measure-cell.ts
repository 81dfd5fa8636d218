import type { Stage } from '../../../../infra/stage.ts'
import { toSpread } from '../../to-spread.ts'
import type { Receives } from './create-bench-queue.ts'
import { playEvents, type SentEvent } from './play-events.ts'

const SEEDS = [1, 2, 3]
const SIZES = [50, 500, 5000] as const
const SINGLES = 500
const GIANT = 10_000
/** When the small events come, in ms after the giant: at moments that fit no batch's length. */
const SMALL_AT = Array.from({ length: 15 }, (_, index) => 5000 + index * 1370)

export type Cell = {
  /** Time from one event to its last call ÷ (members ÷ budget), for 50, 500 and 5,000 members; medians of three runs. */
  ratios: number[]
  /** The same for 500 events of one member that come at once. */
  singles: number
  /** Seconds from an event of one member to its call, beside an event of 10,000. */
  small: { median: number; worst: number }
  /** Calls in the busiest second of all. */
  busiest: number
  /** Of require-reset for one event of 5,000 members. */
  invocationsPerThousand: number
}

/** What a stage's chunk and batch size make of events of several sizes. */
export async function measureCell(stage: Stage, latencyMs: number, receives: Receives): Promise<Cell> {
  const budget = stage.stytchRequestsPerSecond
  const busiest: number[] = []

  async function measure(events: readonly SentEvent[]) {
    const runs = []
    for (const entropy of SEEDS) runs.push(await playEvents({ stage, events, latencyMs, receives, entropy }))
    busiest.push(...runs.map((run) => run.busiest))
    const members = events.reduce((sum, event) => sum + event.members, 0)
    return {
      ratio: toSpread(runs.map(({ seconds }) => Math.max(...seconds) / (members / budget))).median,
      invocations: toSpread(runs.map(({ invocations }) => invocations)).median,
    }
  }

  const events = []
  for (const members of SIZES) events.push(await measure([{ members, at: 0 }]))
  const singles = await measure(Array.from({ length: SINGLES }, () => ({ members: 1, at: 0 })))
  const beside = [{ members: GIANT, at: 0 }, ...SMALL_AT.map((at) => ({ members: 1, at }))]
  const giant = await playEvents({ stage, events: beside, latencyMs, receives, awaited: SMALL_AT.length })
  const { median, max } = toSpread(giant.seconds.slice(1))
  return {
    ratios: events.map(({ ratio }) => ratio),
    singles: singles.ratio,
    small: { median, worst: max },
    busiest: Math.max(giant.busiest, ...busiest),
    invocationsPerThousand: (events.at(-1)?.invocations ?? Number.NaN) / 5,
  }
}
