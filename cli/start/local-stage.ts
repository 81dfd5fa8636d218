import { Duration } from 'aws-cdk-lib/core'
import { localStage } from '../../infra/local/local-stage.ts'
import type { Rates } from '../../infra/local/stytch/gate.ts'
import type { Stage } from '../../infra/stage.ts'
import { MAX_MEMBERS } from '../../lib/contract/breach-event.ts'

/** A run of this many rows or more is a long one: it gets a budget of calls that two cores can't reach. */
export const LONG_RUN_ROWS = 10_000

/**
 * The local stage for a run of this many rows. A long one has four environments, half the memory, which makes a leak show
 * sooner, and longer timeouts: when a busy machine leaves a call unanswered for a second, the call would be repeated. Sessions end no
 * faster than people are reset, so that the two functions don't keep the machine too busy for each other. One that is `kept` takes no more
 * members in an event than a stage does by default, unless the run itself has more: what is over the limit can be practised on it.
 */
export function toLocalStage(rows: number, kept = false): Stage {
  const maxMembersPerEvent = kept ? Math.min(MAX_MEMBERS, Math.max(1000, rows)) : MAX_MEMBERS
  if (rows < LONG_RUN_ROWS) return { ...localStage, maxMembersPerEvent }
  return {
    ...localStage,
    maxMembersPerEvent,
    memorySize: 256,
    stytchRequestsPerSecond: 1000,
    sessionRevocationsPerSecond: 300,
    sessionReadBacksPerSecond: 300,
    maximumConcurrency: 4,
    functionTimeout: Duration.seconds(60),
    stytchTimeout: Duration.seconds(10),
  }
}

/** The rates to which the simulated Stytch holds a stage: those that it must keep. */
export function ratesOf(stage: Stage): Rates {
  const { stytchRequestsPerSecond: requestsPerSecond } = stage
  return {
    requestsPerSecond,
    searchesPerMinute: stage.sessionSearchesPerMinute,
    revocationsPerSecond: stage.sessionRevocationsPerSecond ?? requestsPerSecond,
    readBacksPerSecond: stage.sessionReadBacksPerSecond ?? requestsPerSecond,
  }
}
