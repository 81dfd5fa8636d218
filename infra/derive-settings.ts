import { assertStage } from './assert-stage.ts'
import {
  CALLED_SHARE,
  callsInFlightAt,
  isSharedWell,
  SETTLE_SHARE,
  secondsToCall,
  shortestTimeout,
} from './call-capacity.ts'
import { deriveSessions, type SessionsSettings } from './derive-sessions.ts'
import { has } from './setting-types.ts'
import type { Stage } from './stage.ts'

/** What follows from the settings of a stage. Seconds and milliseconds as named. */
export type Settings = {
  /** Each execution environment's share of the rate, which it keeps to on its own. */
  requestsPerSecond: number
  callsInFlight: number
  /** People called and not yet recorded at any moment: what a crash can repeat. */
  maxUnrecorded: number
  settleReserveMs: number
  recordsPerBatch: number
  /** At most: fan-out makes messages smaller when that lets an event use every environment. */
  membersPerMessage: number
  /** What all environments of require-reset receive at the same time. */
  messagesAtOnce: number
  visibilityTimeoutSeconds: number
  /** Those of end-sessions; undefined in a stage without it. */
  sessions: SessionsSettings | undefined
}

/** Up to ledger writes of this length, waiting for them does not limit the rate. */
const SECONDS_PER_WRITE = 0.1
const MIN_AWAITING_THEIR_ROW = 10

/**
 * Checks that the settings of a stage fit each other, and derives those that the functions, the queues and the mappings get.
 * Throws an Error that names the setting to change when the stage can't work.
 */
export function deriveSettings(stage: Stage): Settings {
  assertTogether(stage)
  const requestsPerSecond = deriveShareOfRate(stage)
  const visibilityTimeoutSeconds = deriveVisibilityTimeout(stage)
  const { recordsPerBatch, membersPerMessage } = deriveBatch(stage, requestsPerSecond)
  const callsInFlight = callsInFlightAt(requestsPerSecond)
  const awaitingTheirRow = Math.max(MIN_AWAITING_THEIR_ROW, Math.ceil(requestsPerSecond * SECONDS_PER_WRITE))
  return {
    requestsPerSecond,
    callsInFlight,
    maxUnrecorded: callsInFlight + awaitingTheirRow,
    settleReserveMs: Math.round(stage.functionTimeout.toMilliseconds() * SETTLE_SHARE),
    recordsPerBatch,
    membersPerMessage,
    messagesAtOnce: stage.maximumConcurrency * recordsPerBatch,
    visibilityTimeoutSeconds,
    sessions: deriveSessions(stage, { membersPerMessage, visibilityTimeoutSeconds }),
  }
}

/** Checks the settings that can contradict each other. */
function assertTogether(stage: Stage): void {
  const { alarmEmail, alarmTopic, maximumConcurrency, reservedConcurrency, vpc, vpcSubnets, securityGroups } =
    stage
  assertStage(
    alarmEmail === undefined || alarmTopic === undefined,
    'alarmEmail is for the topic that is made here, and alarmTopic replaces that topic: leave one out',
  )
  assertStage(
    reservedConcurrency === undefined || reservedConcurrency >= maximumConcurrency,
    `maximumConcurrency ${maximumConcurrency} is above reservedConcurrency ${reservedConcurrency}, and Lambda would throttle the difference: raise reservedConcurrency or lower maximumConcurrency`,
  )
  assertStage(
    (vpcSubnets === undefined && securityGroups === undefined) || has(vpc, 'vpcId'),
    'vpcSubnets and securityGroups choose from an IVpc: give one as vpc, or name both by their ids in vpc',
  )
  const { retryHorizon, alarmThresholds } = stage
  assertStage(
    alarmThresholds.waitingAfter.toSeconds() < retryHorizon.toSeconds(),
    `alarmThresholds.waitingAfter of ${alarmThresholds.waitingAfter.toHumanString()} is not below retryHorizon of ${retryHorizon.toHumanString()}, after which nobody waits: lower it`,
  )
  assertLimits(stage)
}

/** Lambda has 4 KB for all environment variables of a function; fan-out's others may take the rest. */
const MAX_SOURCES_BYTES = 2_500

/** Checks that the limits of the stage and of its sources fit each other, and that fan-out can be given all of them. */
function assertLimits({ sources = {}, maxMembersPerEvent, maxMembersPerHour: ofStage }: Stage): void {
  assertStage(
    ofStage === undefined || ofStage >= maxMembersPerEvent,
    `maxMembersPerHour ${ofStage} is below the ${maxMembersPerEvent} members that an event may have, and such an event would never pass: raise it, or set maxMembersPerEvent to ${ofStage} or less`,
  )
  for (const [name, source] of Object.entries(sources)) {
    const { maxMembersPerEvent: ofSource = maxMembersPerEvent, maxMembersPerHour } = source
    assertStage(
      ofSource <= maxMembersPerEvent,
      `sources.${name}.maxMembersPerEvent ${ofSource} is above maxMembersPerEvent ${maxMembersPerEvent}, which holds for every source: lower it, or leave it out`,
    )
    assertStage(
      maxMembersPerHour === undefined || maxMembersPerHour >= ofSource,
      `sources.${name}.maxMembersPerHour ${maxMembersPerHour} is below the ${ofSource} members that one of its events may have, and such an event would never pass: raise it, or set sources.${name}.maxMembersPerEvent to ${maxMembersPerHour} or less`,
    )
    assertStage(
      maxMembersPerHour === undefined || ofStage === undefined || maxMembersPerHour <= ofStage,
      `sources.${name}.maxMembersPerHour ${maxMembersPerHour} is above maxMembersPerHour ${ofStage}, which holds for all sources together: lower it, or leave it out`,
    )
  }
  const bytes = Buffer.byteLength(JSON.stringify(sources))
  assertStage(
    bytes <= MAX_SOURCES_BYTES,
    `sources takes ${bytes} bytes, and the environment of a function has room for ${MAX_SOURCES_BYTES}: name fewer, and let '*' stand for the others`,
  )
}

/** Calls per second for each execution environment. */
function deriveShareOfRate({ stytchRequestsPerSecond: rate, maximumConcurrency }: Stage): number {
  const share = Math.floor(rate / maximumConcurrency)
  assertStage(
    share >= 1,
    `stytchRequestsPerSecond ${rate} leaves each of ${maximumConcurrency} environments less than one call a second: raise it to ${maximumConcurrency} or more, or lower maximumConcurrency`,
  )
  const used = share * maximumConcurrency
  assertStage(
    isSharedWell(rate, maximumConcurrency),
    `stytchRequestsPerSecond ${rate} is not a multiple of maximumConcurrency ${maximumConcurrency}, and ${rate - used} of it would never be used: make it ${used} or, if Stytch agrees, ${used + maximumConcurrency}, or change maximumConcurrency`,
  )
  return share
}

/** AWS: a message must stay hidden while Lambda retries a throttled batch, or it is received again in the meantime. */
const VISIBILITY_PER_TIMEOUT = 6

function deriveVisibilityTimeout({ functionTimeout, visibilityTimeout }: Stage): number {
  const minimum = VISIBILITY_PER_TIMEOUT * functionTimeout.toSeconds()
  const seconds = visibilityTimeout?.toSeconds() ?? minimum
  assertStage(
    seconds >= minimum,
    `visibilityTimeout of ${seconds} seconds is under ${VISIBILITY_PER_TIMEOUT} times functionTimeout: raise it to ${minimum} seconds, or leave it out`,
  )
  return seconds
}

/** The most that SQS returns in one receive, so that a flood of small events needs few invocations. */
const RECORDS_PER_BATCH = 10
/** How long an invocation of full messages takes at the full rate; docs/performance.md has the measurements behind it. */
const SECONDS_PER_INVOCATION = 3
/** The limit of the setting. */
const MAX_MEMBERS_PER_MESSAGE = 1_000

/** How many messages an invocation gets, and how many members a message has, so that there is time to call all of them. */
function deriveBatch(
  stage: Stage,
  requestsPerSecond: number,
): Pick<Settings, 'recordsPerBatch' | 'membersPerMessage'> {
  const timeoutSeconds = stage.functionTimeout.toSeconds()
  const membersIn = (seconds: number) =>
    Math.floor(secondsToCall(stage, seconds) * requestsPerSecond * CALLED_SHARE)
  const maxMembers = membersIn(timeoutSeconds)
  const recordsPerBatch = stage.recordsPerBatch ?? Math.max(1, Math.min(RECORDS_PER_BATCH, maxMembers))
  const minTimeout = shortestTimeout((seconds) => membersIn(seconds) >= recordsPerBatch)
  assertStage(
    maxMembers >= recordsPerBatch,
    `functionTimeout of ${timeoutSeconds} seconds leaves no time for ${recordsPerBatch === 1 ? 'a call' : `${recordsPerBatch} calls`} to Stytch after stytchTimeout and a fifth for settling: ${minTimeout ? `raise it to ${minTimeout} seconds or more` : 'lower stytchTimeout'}`,
  )
  const maxPerMessage = Math.floor(maxMembers / recordsPerBatch)
  const goodPerMessage = Math.floor((requestsPerSecond * SECONDS_PER_INVOCATION) / recordsPerBatch)
  const membersPerMessage =
    stage.membersPerMessage ?? Math.min(Math.max(1, goodPerMessage), maxPerMessage, MAX_MEMBERS_PER_MESSAGE)
  assertStage(
    membersPerMessage <= maxPerMessage,
    `recordsPerBatch ${recordsPerBatch} × membersPerMessage ${membersPerMessage} is more than the ${maxMembers} members that an invocation has time to call: lower one of them, or raise functionTimeout`,
  )
  return { recordsPerBatch, membersPerMessage }
}
