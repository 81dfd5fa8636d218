import { setTimeout as sleep } from 'node:timers/promises'
import type { StageName } from '../../fixtures/stages.ts'
import { toSpread } from '../to-spread.ts'
import { benchStage } from './bench-stage.ts'
import type { Keep } from './keep.ts'
import type { Usage } from './meter/create-meter.ts'
import { type CallReport, judgeCalls } from './meter/judge-calls.ts'
import { type Dollars, toDollars } from './meter/to-dollars.ts'
import { usageSince } from './meter/usage-since.ts'
import { startMeasuredSystem } from './start-measured-system.ts'

export type StreamResult = CallReport & {
  stageName: StageName
  latencyMs: number
  events: number
  eventsPerSecond: number
  /** From an event to its reset. */
  seconds: { median: number; worst: number }
  usage: Usage
  dollarsPerMillion: Dollars
}

/** Sends events of one member, so many a second for so long, to a warm system. */
export async function measureStream(
  keep: Keep,
  options: { stageName: StageName; latencyMs: number; eventsPerSecond: number; seconds: number },
): Promise<StreamResult> {
  const { stageName, latencyMs, eventsPerSecond } = options
  const stage = benchStage(stageName)
  const { stop, system, meter, ...bench } = await keep(startMeasuredSystem(stageName, stage, latencyMs))
  await bench.whenReset(await bench.send(bench.makeEvent('warm-up', 100)))
  await bench.whenIdle()

  const events = eventsPerSecond * options.seconds
  const before = { usage: meter.read(), calls: system.stytch.calls().length }
  const beginning = Date.now()
  const waits: Promise<number>[] = []
  for (let index = 0; index < events; index++) {
    await sleep(Math.max(0, beginning + (index * 1000) / eventsPerSecond - Date.now()))
    waits.push(bench.send(bench.makeEvent(`stream-${index}`, 1)).then(bench.whenReset))
  }
  const { median, max } = toSpread(await Promise.all(waits))
  await bench.whenIdle()
  const usage = usageSince(before.usage, meter.read())
  const calls = judgeCalls(system.stytch.calls().slice(before.calls), stage.stytchRequestsPerSecond)
  await stop()
  return {
    ...{ stageName, latencyMs, events, eventsPerSecond, ...calls },
    ...{ seconds: { median: median / 1000, worst: max / 1000 }, usage },
    dollarsPerMillion: toDollars(usage, events, stage.memoryMb),
  }
}
