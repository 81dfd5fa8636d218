import type * as z from 'zod'
import { STEADY_SHARE } from '../lib/flow/steady-share.ts'
import { type Stage, StageSchema } from './stage.ts'

/** The most that SQS hands out in one receive, so that a flood of small events needs few invocations. */
const RECORDS_PER_BATCH = 10
/** What an invocation of full messages lasts at the full rate; docs/performance.md has the measurements behind it. */
const SECONDS_PER_INVOCATION = 3
/** As long as calls last no longer, the calls in flight don't bound the rate. */
const SECONDS_PER_CALL = 0.25
const MIN_CALLS_IN_FLIGHT = 15
/** Lambda gives a process 1,024 file descriptors, and each call holds one. */
const MAX_CALLS_IN_FLIGHT = 900
/** As long as a write of the ledger lasts no longer, it doesn't bound the rate. */
const SECONDS_PER_WRITE = 0.1
const MIN_AWAITING_THEIR_ROW = 10
/** As the knob allows. */
const MAX_MEMBERS_PER_MESSAGE = 1_000
/** Only whole calls fit into a second: of the budget, what the environments may leave unused. */
const MAX_LOSS = 0.05
/** Of the function timeout: kept for the ledger, the dead letters and the remainder. */
const SETTLE_SHARE = 0.2
const SECONDS = Array.from({ length: 900 }, (_, index) => index + 1)
/** AWS: a message must stay hidden while Lambda retries a throttled batch, or it is received again meanwhile. */
const VISIBILITY_PER_TIMEOUT = 6

/** What follows from a stage's knobs. Seconds and ms as named. */
export type Settings = {
  /** Each environment's share of the budget: it holds for every environment by itself. */
  requestsPerSecond: number
  callsInFlight: number
  /** People called and not yet recorded at any moment: what a crash can repeat. */
  maxUnrecorded: number
  settleReserveMs: number
  recordsPerBatch: number
  /** At most: fan-out makes them smaller, so that an event fills every environment. */
  membersPerMessage: number
  /** What the environments of require-reset receive together. */
  messagesAtOnce: number
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
  demandSources(stage)
  const budget = stage.stytchRequestsPerSecond
  const requestsPerSecond = Math.floor(budget / maximumConcurrency)
  const used = requestsPerSecond * maximumConcurrency
  demand(
    requestsPerSecond >= 1,
    `stytchRequestsPerSecond ${budget} leaves each of ${maximumConcurrency} environments less than one call a second: raise it to ${maximumConcurrency} or more, or lower maximumConcurrency`,
  )
  demand(
    used >= budget * (1 - MAX_LOSS),
    `stytchRequestsPerSecond ${budget} is no multiple of maximumConcurrency ${maximumConcurrency}, and ${budget - used} of it would never be used: make it ${used} or, if Stytch agrees, ${used + maximumConcurrency}, or change maximumConcurrency`,
  )
  const leastVisibility = VISIBILITY_PER_TIMEOUT * functionTimeoutSeconds
  const visibilityTimeoutSeconds = stage.visibilityTimeoutSeconds ?? leastVisibility
  demand(
    visibilityTimeoutSeconds >= leastVisibility,
    `visibilityTimeoutSeconds ${visibilityTimeoutSeconds} is under ${VISIBILITY_PER_TIMEOUT} times functionTimeoutSeconds: raise it to ${leastVisibility}, or leave it out`,
  )
  const settleReserveMs = Math.round(functionTimeoutSeconds * 1000 * SETTLE_SHARE)
  const callsInFlight = Math.min(
    MAX_CALLS_IN_FLIGHT,
    Math.max(MIN_CALLS_IN_FLIGHT, Math.ceil(requestsPerSecond * SECONDS_PER_CALL)),
  )
  const awaitingTheirRow = Math.max(MIN_AWAITING_THEIR_ROW, Math.ceil(requestsPerSecond * SECONDS_PER_WRITE))
  const membersIn = (timeoutSeconds: number) =>
    Math.floor(
      (timeoutSeconds * (1 - SETTLE_SHARE) - stage.stytchTimeoutSeconds) * requestsPerSecond * STEADY_SHARE,
    )
  const membersPerInvocation = membersIn(functionTimeoutSeconds)
  const { recordsPerBatch = Math.max(1, Math.min(RECORDS_PER_BATCH, membersPerInvocation)) } = stage
  const leastTimeout = SECONDS.find((seconds) => membersIn(seconds) >= recordsPerBatch)
  demand(
    membersPerInvocation >= recordsPerBatch,
    `functionTimeoutSeconds ${functionTimeoutSeconds} leaves no time for ${recordsPerBatch === 1 ? 'a call' : `${recordsPerBatch} calls`} of Stytch after stytchTimeoutSeconds and a fifth for settling: ${leastTimeout ? `raise it to ${leastTimeout} or more` : 'lower stytchTimeoutSeconds'}`,
  )
  const maxPerMessage = Math.floor(membersPerInvocation / recordsPerBatch)
  const goodPerMessage = Math.floor((requestsPerSecond * SECONDS_PER_INVOCATION) / recordsPerBatch)
  const {
    membersPerMessage = Math.min(Math.max(1, goodPerMessage), maxPerMessage, MAX_MEMBERS_PER_MESSAGE),
  } = stage
  demand(
    membersPerMessage <= maxPerMessage,
    `recordsPerBatch ${recordsPerBatch} × membersPerMessage ${membersPerMessage} is more than the ${membersPerInvocation} members that an invocation has time to call: lower one of them, or raise functionTimeoutSeconds`,
  )
  return {
    requestsPerSecond,
    callsInFlight,
    maxUnrecorded: callsInFlight + awaitingTheirRow,
    settleReserveMs,
    recordsPerBatch,
    membersPerMessage,
    messagesAtOnce: maximumConcurrency * recordsPerBatch,
    visibilityTimeoutSeconds,
  }
}

/** Throws a sentence that says what to change when a stage can't work. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`this stage can't work: ${otherwise}`)
}

/** What is wrong with a stage, as half a sentence that begins with the knob and says what it must be. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const knob = issue.path.join('.') || 'the stage'
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...issue.path, key].join('.'))
    return `${names.join(', ')} is no knob: infra/stage.ts has all of them`
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object')
    return `${knob} must be an object of knobs`
  return `${knob} ${issue.message}`
}

/** Lambda has 4 KB for all variables of a function; the others of fan-out may take the rest. */
const MAX_BYTES = 2_500

/** Throws a sentence when the limits of a stage's sources contradict each other, or there are too many to be told to fan-out. */
function demandSources({ sources = {}, maxMembersPerEvent: ofStage }: Stage): void {
  for (const [name, { maxMembersPerEvent: ofEvent = ofStage, maxMembersPerHour }] of Object.entries(
    sources,
  )) {
    const knob = `sources.${name}`
    demand(
      ofEvent <= ofStage,
      `${knob}.maxMembersPerEvent ${ofEvent} is above maxMembersPerEvent ${ofStage}, which holds for every source: lower it, or leave it out`,
    )
    demand(
      maxMembersPerHour === undefined || maxMembersPerHour >= ofEvent,
      `${knob}.maxMembersPerHour ${maxMembersPerHour} is below the ${ofEvent} members that an event of it may have, and such an event would never pass: raise it, or set ${knob}.maxMembersPerEvent to ${maxMembersPerHour} or less`,
    )
  }
  const bytes = Buffer.byteLength(JSON.stringify(sources))
  demand(
    bytes <= MAX_BYTES,
    `sources takes ${bytes} bytes, and the environment of a function has room for ${MAX_BYTES}: name fewer, and let '*' stand for the others`,
  )
}
