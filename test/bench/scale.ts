/** How much is measured: the loads, how long a run takes about, and how often. */
export type Scale = {
  latenciesMs: readonly number[]
  secondsPerRun: number
  warmUpMembers: number
  rounds: number
  coldStarts: number
}

/** Calls in flight at which the handlers are compared. */
export const IN_FLIGHT = [10, 50] as const

/** The latency at which handlers are priced and held against the targets. */
export const REFERENCE_LATENCY_MS = 50

const LEAST_COLD_STARTS = 11

/** Everything, in under four minutes on two quiet cores with three rounds. */
export function fullScale(rounds: number): Scale {
  return {
    latenciesMs: [0, REFERENCE_LATENCY_MS, 200],
    secondsPerRun: 2,
    warmUpMembers: 300,
    rounds,
    coldStarts: Math.max(rounds, LEAST_COLD_STARTS),
  }
}

/** As little of everything as shows that it runs. */
export function quickScale(rounds: number): Scale {
  return {
    latenciesMs: [REFERENCE_LATENCY_MS],
    secondsPerRun: 0.1,
    warmUpMembers: 50,
    rounds,
    coldStarts: rounds,
  }
}
