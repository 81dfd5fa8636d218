import { findRepeats } from '../invariants/find-repeats.ts'
import { findViolations, type Violation } from '../invariants/find-violations.ts'
import { mostInASecond } from '../invariants/most-in-a-second.ts'
import { tellStory } from '../invariants/tell-story.ts'
import type { Outage } from '../scenario/scenario.ts'
import { play } from '../world/play.ts'
import { bigBreach } from './big-breach.ts'
import { findFullRate } from './find-full-rate.ts'
import { prodDeployment } from './prod-deployment.ts'

/** What an outage cost. Times in seconds of the simulated clock. */
export type OutageReport = {
  reset: number
  deadLettered: number
  queued: number
  repeats: number
  violations: readonly Violation[]
  /** After the event, and after the end of the outage. */
  lastReset: number
  lastResetAfterEnd: number
  /** From the end of the outage to the first second at nine tenths of the budget or more; undefined: there was none. */
  fullRateAfterEnd: number | undefined
  /** Of require-reset, in all and of what began in the outage. */
  billed: number
  billedInOutage: number
  callsInOutage: number
  /** Calls that were started, or arrived at Stytch, in the fullest second. */
  mostStarted: number
  mostArrived: number
}

/** Plays a breach of many members with an outage in it, or none, on the stage `prod`. */
export async function playOutage(members: number, outage: Outage | undefined): Promise<OutageReport> {
  const run = await play(bigBreach(members, outage ? [outage] : []), prodDeployment)
  const story = tellStory(run)
  const { startedAt, queues } = run.world
  const begin = startedAt + (outage?.from ?? 0)
  const end = begin + (outage?.lasts ?? 0)
  const isInOutage = ({ at }: { at: number }) => at >= begin && at < end

  const calls = [...story.calls.values()]
  const started = calls.map(({ at }) => at)
  const arrived = calls.flatMap(({ reachedAt }) => reachedAt ?? []).sort((one, other) => one - other)
  const resets = calls.filter(({ effect }) => effect)
  const lastReset = Math.max(...resets.map(({ at }) => at))
  const invocations = [...story.invocations.values()].filter(({ role }) => role === 'require-reset')
  const billed = (some: typeof invocations) =>
    some.reduce((sum, { at, overAt = at }) => sum + (overAt - at) / 1000, 0)
  return {
    reset: new Set(resets.map(({ person }) => person)).size,
    deadLettered: queues['dead-letter'].all().length,
    queued: queues.breach.all().length + queues.reset.all().length,
    repeats: findRepeats(story).length,
    violations: findViolations(story),
    lastReset: (lastReset - startedAt) / 1000,
    lastResetAfterEnd: (lastReset - end) / 1000,
    fullRateAfterEnd: findFullRate(started, end, 0.9 * run.deployment.stage.stytchRequestsPerSecond),
    billed: billed(invocations),
    billedInOutage: billed(invocations.filter(isInOutage)),
    callsInOutage: calls.filter(isInOutage).length,
    mostStarted: mostInASecond(started),
    mostArrived: mostInASecond(arrived),
  }
}
