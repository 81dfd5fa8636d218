import { setTimeout as sleep } from 'node:timers/promises'
import type { StageName } from '../../fixtures/stages.ts'
import { toSpread } from '../to-spread.ts'
import { benchStage } from './bench-stage.ts'
import type { Keep } from './keep.ts'
import { type Sent, startMeasuredSystem } from './start-measured-system.ts'

const GIANT = 10_000
const HEAD_START_MS = 5000
const BETWEEN_MS = 1000

export type GiantResult = {
  stageName: StageName
  budget: number
  latencyMs: number
  giant: number
  /** Seconds from an event of one member to its reset, on an idle warm system. */
  alone: number
  /** The same five seconds after a giant event; and of ten more, one a second, the middle and the worst. */
  beside: number
  stream: { median: number; worst: number }
}

/** How long small events take while a giant one is worked off, which is given up as soon as the small ones are reset. */
export async function measureGiant(
  keep: Keep,
  { stageName, latencyMs, small = 10 }: { stageName: StageName; latencyMs: number; small?: number },
): Promise<GiantResult> {
  const stage = benchStage(stageName)
  const { stop, ...bench } = await keep(startMeasuredSystem(stageName, stage, latencyMs))
  const single = (name: string) => bench.makeEvent(name, 1)
  const whenReset = async (event: Sent) => (await bench.whenReset(event)) / 1000
  await whenReset(await bench.send(bench.makeEvent('warm-up', 100)))
  await bench.whenIdle()
  const alone = await whenReset(await bench.send(single('alone')))
  await bench.whenIdle()

  await bench.send(bench.makeEvent('giant', GIANT))
  await sleep(HEAD_START_MS)
  const waits = [bench.send(single('beside')).then(whenReset)]
  for (let index = 0; index < small; index++) {
    await sleep(BETWEEN_MS)
    waits.push(bench.send(single(`small-${index}`)).then(whenReset))
  }
  const [beside = Number.NaN, ...stream] = await Promise.all(waits)
  await stop()
  const { median, max } = toSpread(stream)
  const budget = stage.stytchRequestsPerSecond
  return { stageName, budget, latencyMs, giant: GIANT, alone, beside, stream: { median, worst: max } }
}
