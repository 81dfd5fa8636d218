import type { Call, Invocation, Trace } from './trace.ts'

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
export function nobodyIsSilent({ invocations, calls, clockSteps }: Trace): string[] {
  const byEnvironment = Map.groupBy(calls.values(), ({ environment }) => environment)
  return [...invocations.values()].flatMap((invocation) => {
    const { outcomes, calls: own, environment, at, index } = invocation
    const isSilent =
      own.length === 0 &&
      outcomes.some(({ outcome, code = '' }) => outcome === 'deferred' && !NOT_PAUSED.test(code))
    if (!isSilent) return []
    const before = (byEnvironment.get(environment) ?? []).filter((call) => call.index < index)
    const pausedUntil = Math.max(...before.map((call) => endOfPause(call, beginsAnew(invocation))))
    return at > pausedUntil ? [`${invocation.invocation} called nobody, and had no reason to wait`] : []
  })

  /** When the first invocation began after the clock was last set back. */
  function beginsAnew({ environment, index }: Invocation): number {
    const step = clockSteps.findLast(
      (one) => one.environment === environment && one.by < 0 && one.index < index,
    )
    const own = [...invocations.values()].filter((one) => one.environment === environment)
    return (step && own.find((one) => one.index > step.index)?.at) ?? 0
  }

  function endOfPause({ invocation, answered }: Call, anewAt: number): number {
    const { overAt = Number.POSITIVE_INFINITY } = invocations.get(invocation) ?? {}
    return Math.max(overAt, anewAt) + Math.max(LONGEST_PAUSE_MS, answered?.retryAfterMs ?? 0)
  }
}
