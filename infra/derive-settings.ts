import type { Stage } from './stage.ts'

const MOST_MEMBERS_PER_MESSAGE = 25
const CALLS_IN_FLIGHT = 25
const RECORDS_PER_BATCH = 5
const SHORTEST_HORIZON_HOURS = 2

/** What follows from a stage's knobs. Seconds and ms as named. */
export type Settings = {
  /** Each environment's share of the budget, less one: evenly spaced calls can put one more than the rate into a second. */
  requestsPerSecond: number
  /** People called and not yet recorded at any moment: what a crash can repeat. */
  callsInFlight: number
  settleReserveMs: number
  recordsPerBatch: number
  membersPerMessage: number
  visibilityTimeoutSeconds: number
}

/** Derives the settings, or throws a sentence that says which knob to change when the stage can't work. */
export function deriveSettings(stage: Stage): Settings {
  const requestsPerSecond = stage.stytchRequestsPerSecond / stage.maximumConcurrency - 1
  demand(
    requestsPerSecond >= 1,
    `stytchRequestsPerSecond ${stage.stytchRequestsPerSecond} leaves each of ${stage.maximumConcurrency} environments less than one call a second after its reserve of one: raise it to ${2 * stage.maximumConcurrency} or more, or lower maximumConcurrency`,
  )
  demand(
    stage.maximumConcurrency >= 2,
    'maximumConcurrency must be 2 or more: an SQS event source mapping takes no less',
  )
  demand(
    stage.retryHorizonHours >= SHORTEST_HORIZON_HOURS,
    `retryHorizonHours must be ${SHORTEST_HORIZON_HOURS} or more: Stytch has had outages of two hours`,
  )
  const settleReserveMs = stage.functionTimeoutSeconds * 200
  const usableSeconds = stage.functionTimeoutSeconds - stage.stytchTimeoutSeconds - settleReserveMs / 1000
  const membersPerInvocation = Math.floor(usableSeconds * requestsPerSecond)
  demand(
    membersPerInvocation >= RECORDS_PER_BATCH,
    'functionTimeoutSeconds leaves no time to call Stytch after stytchTimeoutSeconds and a fifth for settling: raise it',
  )
  return {
    requestsPerSecond,
    callsInFlight: CALLS_IN_FLIGHT,
    settleReserveMs,
    recordsPerBatch: RECORDS_PER_BATCH,
    membersPerMessage: Math.min(
      MOST_MEMBERS_PER_MESSAGE,
      Math.floor(membersPerInvocation / RECORDS_PER_BATCH),
    ),
    visibilityTimeoutSeconds: 6 * stage.functionTimeoutSeconds,
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`this stage can't work: ${otherwise}`)
}
