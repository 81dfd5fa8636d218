import type { Ask, Call, Invocation, Trace } from './trace.ts'

/** A time that is further ahead is not believed. */
export const CLOCK_TOLERANCE_MS = 300_000

/** How far the wall clock of the environment was ahead during an invocation, in ms: at least and at most. */
export function aheadDuring(
  { clockSteps }: Pick<Trace, 'clockSteps'>,
  { environment, clock, at, overAt = Number.POSITIVE_INFINITY }: Invocation,
): { least: number; most: number } {
  const ahead = [clock - at]
  for (const step of clockSteps)
    if (step.environment === environment && step.at >= at && step.at <= overAt)
      ahead.push((ahead.at(-1) ?? 0) + step.by)
  return { least: Math.min(...ahead), most: Math.max(...ahead) }
}

const LONGEST_PAUSE_MS = 120_000
/** They end an invocation without a call for other reasons than a pause. */
const NOT_PAUSED = /^(ledger_|stytch_secret_|secret_or_ledger_)/

/**
 * An environment that has people to call makes a call when the last invocation in which it made one ended two minutes ago, or
 * longer ago if Stytch asked for a longer pause, however long it was frozen. If its clock was set back since, the pause may begin anew with
 * the invocation after that.
 */
export function nobodyIsSilent({ invocations, calls, asks, clockSteps }: Trace): string[] {
  const callsOf = Map.groupBy([...calls.values(), ...asks.values()], ({ environment }) => environment)
  return [...Map.groupBy(invocations.values(), ({ environment }) => environment)].flatMap(
    ([environment, own]) => {
      const steps = clockSteps.filter((step) => step.environment === environment && step.by < 0)
      return silentAmong(own, callsOf.get(environment) ?? [], steps)
    },
  )

  /** Of the invocations and the calls of one environment, in order. `stepsBack`: when its clock was set back. */
  function silentAmong(
    own: readonly Invocation[],
    made: readonly (Call | Ask)[],
    stepsBack: Trace['clockSteps'],
  ): string[] {
    let [next, latestEnd, longestPause] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
    return own.flatMap((invocation) => {
      for (let call = made[next]; call && call.index < invocation.index; call = made[++next]) {
        const { overAt = Number.POSITIVE_INFINITY } = invocations.get(call.invocation) ?? {}
        const pause = Math.max(LONGEST_PAUSE_MS, call.answered?.retryAfterMs ?? 0)
        latestEnd = Math.max(latestEnd, overAt + pause)
        longestPause = Math.max(longestPause, pause)
      }
      const step = stepsBack.findLast(({ index }) => index < invocation.index)
      const anewAt = (step && own.find(({ index }) => index > step.index)?.at) ?? 0
      const isPaused = invocation.at <= Math.max(latestEnd, anewAt + longestPause)
      return isPaused || !deferredWithoutCall(invocation)
        ? []
        : [`${invocation.invocation} called nobody, and had no reason to wait`]
    })
  }
}

function deferredWithoutCall({ calls, asks, outcomes }: Invocation): boolean {
  return (
    calls.length + asks.length === 0 &&
    outcomes.some(({ outcome, code = '' }) => outcome === 'deferred' && !NOT_PAUSED.test(code))
  )
}
