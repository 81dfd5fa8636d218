import { PARTS, type StackScale } from './stack/measure-stack.ts'

/** How much is measured: at which latencies of Stytch, how long a run takes about there, and how often. */
export type Scale = {
  loads: readonly { latencyMs: number; secondsPerRun: number }[]
  warmUpMembers: number
  /** Of the whole system. */
  stack: StackScale
  rounds: number
  coldStarts: number
}

/** Calls in flight at which the handlers are compared. */
export const IN_FLIGHT = [10, 50] as const

/** The latency at which handlers are priced and held against the targets. */
export const REFERENCE_LATENCY_MS = 50

const MIN_COLD_STARTS = 11

/** Everything. Longest at the latency of the targets. */
export function fullScale(rounds: number): Scale {
  return {
    loads: [
      { latencyMs: 0, secondsPerRun: 1 },
      { latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 2.2 },
      { latencyMs: 200, secondsPerRun: 1.6 },
    ],
    warmUpMembers: 1500,
    stack: { stageNames: ['prod'], latenciesMs: [REFERENCE_LATENCY_MS, 0, 200], parts: PARTS },
    rounds,
    coldStarts: Math.max(rounds, MIN_COLD_STARTS),
  }
}

/** As little of everything as shows that it runs. */
export function quickScale(rounds: number): Scale {
  return {
    loads: [{ latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 0.1 }],
    warmUpMembers: 50,
    stack: { stageNames: ['local'], latenciesMs: [REFERENCE_LATENCY_MS], parts: [] },
    rounds,
    coldStarts: rounds,
  }
}
