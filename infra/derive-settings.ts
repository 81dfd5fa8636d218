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
  checkRanges(stage)
  const requestsPerSecond = stage.stytchRequestsPerSecond / stage.maximumConcurrency - 1
  demand(
    requestsPerSecond >= 1,
    `stytchRequestsPerSecond ${stage.stytchRequestsPerSecond} leaves each of ${stage.maximumConcurrency} environments less than one call a second after its reserve of one: raise it to ${2 * stage.maximumConcurrency} or more, or lower maximumConcurrency`,
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

const RANGES = {
  stytchRequestsPerSecond: [1, 10_000],
  maximumConcurrency: [2, 1_000],
  maxMembersPerEvent: [1, 10_000],
  functionTimeoutSeconds: [1, 900],
  memoryMb: [128, 10_240],
  stytchTimeoutSeconds: [1, 900],
  retryHorizonHours: [SHORTEST_HORIZON_HOURS, 14 * 24],
} as const

/** Lambda's, SQS's and the contract's limits. Node strips the types, so that a wrong one would get as far as here. */
function checkRanges(stage: Stage): void {
  demand(['enforce', 'dry_run'].includes(stage.mode), 'mode must be enforce or dry_run')
  demand(typeof stage.retainData === 'boolean', 'retainData must be true or false')
  for (const [knob, [least, most]] of Object.entries(RANGES)) {
    const value = stage[knob as keyof typeof RANGES]
    demand(
      Number.isFinite(value) && value >= least && value <= most,
      `${knob} must be from ${least} to ${most}`,
    )
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`this stage can't work: ${otherwise}`)
}
