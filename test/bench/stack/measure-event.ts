import type { StageName } from '../../fixtures/stages.ts'
import { benchStage } from './bench-stage.ts'
import type { Keep } from './keep.ts'
import type { Usage } from './meter/create-meter.ts'
import { type CallReport, judgeCalls } from './meter/judge-calls.ts'
import { type Dollars, toDollars } from './meter/to-dollars.ts'
import { usageSince } from './meter/usage-since.ts'
import { startMeasuredSystem } from './start-measured-system.ts'

/** What one event cost. `cold`: no execution environment was there when it came. */
export type EventRun = CallReport & {
  cold: boolean
  /** From sending the event to the arrival of its last reset at Stytch. */
  seconds: number
  /** That ÷ (members ÷ budget). */
  ofIdeal: number
  usage: Usage
  dollarsPerMillion: Dollars
}

export type EventResult = {
  stageName: StageName
  budget: number
  latencyMs: number
  members: number
  runs: EventRun[]
}

/** Sends one event through the whole system, cold, and then another one with other members, warm. */
export async function measureEvent(
  keep: Keep,
  { stageName, latencyMs, members }: { stageName: StageName; latencyMs: number; members: number },
): Promise<EventResult> {
  const stage = benchStage(stageName)
  const budget = stage.stytchRequestsPerSecond
  const { stop, system, meter, ...bench } = await keep(startMeasuredSystem(stageName, stage, latencyMs))
  const runs: EventRun[] = []
  for (const cold of [true, false]) {
    const event = bench.makeEvent(cold ? 'cold' : 'warm', members)
    const before = { usage: meter.read(), calls: system.stytch.calls().length }
    const seconds = (await bench.whenReset(await bench.send(event))) / 1000
    await bench.whenIdle()
    const usage = usageSince(before.usage, meter.read())
    runs.push({
      ...{ cold, seconds, ofIdeal: seconds / (members / budget) },
      ...judgeCalls(system.stytch.calls().slice(before.calls), budget),
      ...{ usage, dollarsPerMillion: toDollars(usage, members, stage.memoryMb) },
    })
  }
  await stop()
  return { stageName, budget, latencyMs, members, runs }
}
