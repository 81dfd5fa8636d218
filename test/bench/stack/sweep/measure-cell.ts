import type { Stage } from '../../../../infra/stage.ts'
import type { Receives } from './create-bench-queue.ts'
import { playEvents } from './play-events.ts'

const SEEDS = [1, 2, 3]
const GIANT = 10_000
/** When the small events come, in ms after the giant: at moments that fit no batch's length. */
const SMALL_AT = Array.from({ length: 15 }, (_, index) => 5000 + index * 1370)

export type Cell = {
  /** Time from an event to its last reset ÷ (members ÷ budget), by members; the median of three runs. */
  ratios: Record<number, number>
  /** Seconds from an event of one member to its reset beside a giant one. */
  small: { median: number; worst: number }
  busiest: number
  invocationsPerThousand: number
}

/** What chunk and batch size make of events of 50, 500 and 5,000 members, and of small ones beside a giant. */
export async function measureCell(stage: Stage, latencyMs: number, receives: Receives): Promise<Cell> {
  const budget = stage.stytchRequestsPerSecond
  const ratios: Record<number, number> = {}
  let busiest = 0
  let invocations = 0
  for (const members of [50, 500, 5000]) {
    const runs = []
    for (const entropy of SEEDS)
      runs.push(await playEvents({ stage, events: [{ members, at: 0 }], latencyMs, receives, entropy }))
    ratios[members] = median(runs.map(({ seconds: [seconds = Number.NaN] }) => seconds / (members / budget)))
    busiest = Math.max(busiest, ...runs.map((run) => run.busiest))
    invocations = median(runs.map((run) => run.invocations))
  }
  const events = [{ members: GIANT, at: 0 }, ...SMALL_AT.map((at) => ({ members: 1, at }))]
  const { seconds } = await playEvents({ stage, events, latencyMs, receives, awaited: SMALL_AT.length })
  const waits = seconds.slice(1)
  return {
    ratios,
    small: { median: median(waits), worst: Math.max(...waits) },
    busiest,
    invocationsPerThousand: invocations / 5,
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? Number.NaN
}
