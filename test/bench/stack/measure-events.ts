import { setTimeout as sleep } from 'node:timers/promises'
import type { StageName } from '../../fixtures/stages.ts'
import type { Keep } from '../bench.ts'
import { toSpread } from '../figures.ts'
import { benchStage, type Sent, startMeasuredSystem } from './measured-system.ts'
import { type Dollars, toDollars } from './meter/to-dollars.ts'
import { type CallReport, judgeCalls, type Usage, usageSince } from './meter.ts'

/** What one event cost. `cold`: no execution environment was there when it came. */
type EventRun = CallReport & {
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
