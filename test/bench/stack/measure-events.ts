import { setTimeout as sleep } from 'node:timers/promises'
import type { Keep } from '../bench.ts'
import { toSpread } from '../figures.ts'
import { type MeasuredSystem, makeEvent, type Setup, startMeasuredSystem } from './measured-system.ts'
import {
  type CallReport,
  judgeCalls,
  priceUsage,
  type StackDollars,
  type Usage,
  usageSince,
} from './meter.ts'

/** What was asked of Stytch and AWS for some members. */
type Cost = CallReport & { usage: Usage; dollarsPerMillion: StackDollars }

/** One event. `cold`: no execution environment existed when it arrived. */
type EventRun = Cost & {
  cold: boolean
  /** From sending the event to the arrival of its last reset at Stytch. */
  seconds: number
  /** That ÷ (members ÷ budget). */
  ofIdeal: number
}

export type EventResult = {
  stageName: string
  budget: number
  latencyMs: number
  members: number
  runs: EventRun[]
}

/** Sends an event through the whole system, cold, and then another one with other members, warm. */
export async function measureEvent(
  keep: Keep,
  { members, ...setup }: Setup & { members: number },
): Promise<EventResult> {
  const { stageName, stage, latencyMs } = setup
  const budget = stage.stytchRequestsPerSecond
  const bench = await keep(startMeasuredSystem(setup))
  const runs: EventRun[] = []
  for (const cold of [true, false]) {
    const [seconds, cost] = await withCost(bench, setup, members, () =>
      bench.secondsToReset(cold ? 'cold' : 'warm', members),
    )
    runs.push({ cold, seconds, ofIdeal: seconds / (members / budget), ...cost })
  }
  await bench.stop()
  return { stageName, budget, latencyMs, members, runs }
}

export type StreamResult = Cost & {
  stageName: string
  latencyMs: number
  events: number
  eventsPerSecond: number
  /** From an event to its reset. */
  seconds: { median: number; worst: number }
}

/** Sends events of one member to a warm system, `eventsPerSecond` for `seconds`. */
export async function measureStream(
  keep: Keep,
  { eventsPerSecond, seconds, ...setup }: Setup & { eventsPerSecond: number; seconds: number },
): Promise<StreamResult> {
  const { stageName, latencyMs } = setup
  const events = eventsPerSecond * seconds
  const bench = await keep(startMeasuredSystem(setup))
  await warmUp(bench)
  const [waits, cost] = await withCost(bench, setup, events, async () => {
    const startedAt = Date.now()
    const resets: Promise<number>[] = []
    for (let index = 0; index < events; index++) {
      await sleep(Math.max(0, startedAt + (index * 1000) / eventsPerSecond - Date.now()))
      resets.push(bench.secondsToReset(`stream-${index}`, 1))
    }
    return await Promise.all(resets)
  })
  await bench.stop()
  const { median, max: worst } = toSpread(waits)
  return { stageName, latencyMs, events, eventsPerSecond, seconds: { median, worst }, ...cost }
}

const GIANT = 10_000
const HEAD_START_MS = 5000
const BETWEEN_MS = 1000

export type GiantResult = {
  stageName: string
  budget: number
  latencyMs: number
  giant: number
  /** Seconds from an event of one member to its reset, on an idle warm system. */
  alone: number
  /** The same, five seconds after a giant event. */
  beside: number
  /** The same of ten more, one a second. */
  stream: { median: number; worst: number }
}

/** Measures how long small events take while a giant one is being processed. Stops as soon as the small ones are reset. */
export async function measureGiant(
  keep: Keep,
  { small = 10, ...setup }: Setup & { small?: number },
): Promise<GiantResult> {
  const { stageName, stage, latencyMs } = setup
  const bench = await keep(startMeasuredSystem(setup))
  await warmUp(bench)
  const alone = await bench.secondsToReset('alone', 1)
  await bench.whenIdle()

  await bench.send(makeEvent(bench.system.stytch, 'giant', GIANT).body)
  await sleep(HEAD_START_MS)
  const resets = [bench.secondsToReset('beside', 1)]
  for (let index = 0; index < small; index++) {
    await sleep(BETWEEN_MS)
    resets.push(bench.secondsToReset(`small-${index}`, 1))
  }
  const [beside = Number.NaN, ...others] = await Promise.all(resets)
  await bench.stop()
  const { median, max: worst } = toSpread(others)
  const budget = stage.stytchRequestsPerSecond
  return { stageName, budget, latencyMs, giant: GIANT, alone, beside, stream: { median, worst } }
}

async function warmUp({ secondsToReset, whenIdle }: MeasuredSystem): Promise<void> {
  await secondsToReset('warm-up', 100)
  await whenIdle()
}

/** Runs `work`, waits until every message is processed, and returns the result with the cost of what was done for `members`. */
async function withCost<Result>(
  { system, meter, whenIdle }: MeasuredSystem,
  { stage }: Setup,
  members: number,
  work: () => Promise<Result>,
): Promise<[Result, Cost]> {
  const usageBefore = meter.read()
  const callsBefore = system.stytch.calls().length
  const result = await work()
  await whenIdle()
  const usage = usageSince(usageBefore, meter.read())
  const calls = judgeCalls(system.stytch.calls().slice(callsBefore), stage.stytchRequestsPerSecond)
  return [result, { ...calls, usage, dollarsPerMillion: priceUsage(usage, members, stage.memorySize) }]
}
