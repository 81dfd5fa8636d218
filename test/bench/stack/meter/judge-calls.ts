import type { SimulatorCall } from '../../../../infra/local/stytch/simulator.ts'
import { peakPerSecond } from '../../../simulation/invariants/calls.ts'

/** Calls as Stytch saw them. */
export type CallReport = {
  calls: number
  /** Calls per second from the first to the last. */
  perSecond: number
  /** In the busiest second, wherever it begins. */
  busiestSecond: number
  /** How many of these are over the budget. */
  beyondBudget: number
  throttled: number
}

/** Judges calls, in the order of arrival, by a budget of so many per second. */
export function judgeCalls(calls: readonly SimulatorCall[], budget: number): CallReport {
  const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000
  const busiestSecond = peakPerSecond(calls.map(({ at }) => at))
  return {
    calls: calls.length,
    perSecond: (calls.length - 1) / seconds,
    busiestSecond,
    beyondBudget: Math.max(0, busiestSecond - budget),
    throttled: calls.filter(({ status }) => status === 429).length,
  }
}
