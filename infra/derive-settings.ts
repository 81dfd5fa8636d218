import { demand } from './demand.ts'
import { describeIssue } from './describe-issue.ts'
import { type Stage, StageSchema } from './stage.ts'

const MOST_MEMBERS_PER_MESSAGE = 25
const CALLS_IN_FLIGHT = 25
/** What a call is taken to last when the time of a batch is reckoned: calls in flight over it bound the rate, too. */
const SECONDS_PER_CALL = 0.25
const RECORDS_PER_BATCH = 5
/** Of the function timeout: kept for the ledger, the dead letters and the remainder. */
const SETTLE_SHARE = 0.2
const SECONDS = Array.from({ length: 900 }, (_, index) => index + 1)
/** AWS: a message must stay hidden while Lambda retries a throttled batch, or it is received again meanwhile. */
const VISIBILITY_PER_TIMEOUT = 6

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
  const checked = StageSchema.safeParse(stage)
  const issues = checked.error?.issues ?? []
  demand(checked.success, issues.map(describeIssue).join('; '))
  const { functionTimeoutSeconds, maximumConcurrency, reservedConcurrency } = stage
  demand(
    stage.alarmEmail === undefined || stage.alarmTopicArn === undefined,
    'alarmEmail is for the topic that is made here, and alarmTopicArn is instead of it: leave one out',
  )
  demand(
    reservedConcurrency === undefined || reservedConcurrency >= maximumConcurrency,
    `maximumConcurrency ${maximumConcurrency} is above reservedConcurrency ${reservedConcurrency}, and Lambda would throttle the difference: raise reservedConcurrency or lower maximumConcurrency`,
  )
  const requestsPerSecond = stage.stytchRequestsPerSecond / maximumConcurrency - 1
  demand(
    requestsPerSecond >= 1,
    `stytchRequestsPerSecond ${stage.stytchRequestsPerSecond} leaves each of ${maximumConcurrency} environments less than one call a second after its reserve of one: raise it to ${2 * maximumConcurrency} or more, or lower maximumConcurrency`,
  )
  const leastVisibility = VISIBILITY_PER_TIMEOUT * functionTimeoutSeconds
  const visibilityTimeoutSeconds = stage.visibilityTimeoutSeconds ?? leastVisibility
  demand(
    visibilityTimeoutSeconds >= leastVisibility,
    `visibilityTimeoutSeconds ${visibilityTimeoutSeconds} is under ${VISIBILITY_PER_TIMEOUT} times functionTimeoutSeconds: raise it to ${leastVisibility}, or leave it out`,
  )
  const settleReserveMs = Math.round(functionTimeoutSeconds * 1000 * SETTLE_SHARE)
  const callsPerSecond = Math.min(requestsPerSecond, CALLS_IN_FLIGHT / SECONDS_PER_CALL)
  const membersIn = (timeoutSeconds: number) =>
    Math.floor((timeoutSeconds * (1 - SETTLE_SHARE) - stage.stytchTimeoutSeconds) * callsPerSecond)
  const membersPerInvocation = membersIn(functionTimeoutSeconds)
  const { recordsPerBatch = RECORDS_PER_BATCH } = stage
  const leastTimeout = SECONDS.find((seconds) => membersIn(seconds) >= recordsPerBatch)
  demand(
    membersPerInvocation >= recordsPerBatch,
    `functionTimeoutSeconds ${functionTimeoutSeconds} leaves no time for ${recordsPerBatch} calls of Stytch after stytchTimeoutSeconds and a fifth for settling: ${leastTimeout ? `raise it to ${leastTimeout} or more` : 'lower stytchTimeoutSeconds'}`,
  )
  const mostPerMessage = Math.floor(membersPerInvocation / recordsPerBatch)
  const { membersPerMessage = Math.min(MOST_MEMBERS_PER_MESSAGE, mostPerMessage) } = stage
  demand(
    membersPerMessage <= mostPerMessage,
    `recordsPerBatch ${recordsPerBatch} × membersPerMessage ${membersPerMessage} is more than the ${membersPerInvocation} members that an invocation has time to call: lower one of them, or raise functionTimeoutSeconds`,
  )
  return {
    requestsPerSecond,
    callsInFlight: CALLS_IN_FLIGHT,
    settleReserveMs,
    recordsPerBatch,
    membersPerMessage,
    visibilityTimeoutSeconds,
  }
}
