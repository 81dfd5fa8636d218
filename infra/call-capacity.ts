import type { Stage } from './stage.ts'

/** Share of the function timeout kept for the ledger, the dead letters and the deferred people. */
export const SETTLE_SHARE = 0.2
/** Share of its rate that an environment calls, measured: 98 % without pauses, less what the time between two invocations costs. */
export const CALLED_SHARE = 0.96

/** Only whole calls can be shared out among environments; this share of a rate may be lost by that. */
export const MAX_LOSS = 0.05

/** Whether so many environments, with whole calls for each, lose at most this share of a rate. */
export function isSharedWell(rate: number, environments: number, maxLoss = MAX_LOSS): boolean {
  return rate % environments <= rate * maxLoss
}

/**
 * For how many seconds of its timeout an invocation can start calls to Stytch: the last one may take its whole time, and settling needs
 * the rest.
 */
export function secondsToCall({ stytchTimeout }: Stage, functionTimeoutSeconds: number): number {
  return functionTimeoutSeconds * (1 - SETTLE_SHARE) - stytchTimeout.toSeconds()
}

const MAX_TIMEOUT_SECONDS = 900

/** The shortest function timeout, in whole seconds, that suffices; undefined if none does. */
export function shortestTimeout(suffices: (functionTimeoutSeconds: number) => boolean): number | undefined {
  return Array.from({ length: MAX_TIMEOUT_SECONDS }, (_, index) => index + 1).find(suffices)
}

/** Up to calls of this length, the number of calls in flight does not limit the rate. */
const SECONDS_PER_CALL = 0.25
const MIN_CALLS_IN_FLIGHT = 15
/** Lambda gives a process 1,024 file descriptors, and each call holds one. */
const MAX_CALLS_IN_FLIGHT = 900

/** How many calls an environment may have in flight, to each of so many endpoints, to start this many per second. */
export function callsInFlightAt(perSecond: number, endpoints = 1): number {
  const calls = Math.max(MIN_CALLS_IN_FLIGHT, Math.ceil(perSecond * SECONDS_PER_CALL))
  return Math.min(MAX_CALLS_IN_FLIGHT / endpoints, calls)
}
