import { assertStage } from './assert-stage.ts'
import {
  CALLED_SHARE,
  callsInFlightAt,
  isSharedWell,
  MAX_LOSS,
  secondsToCall,
  shortestTimeout,
} from './call-capacity.ts'
import type { Stage } from './stage.ts'

/** What follows from the settings of a stage for end-sessions. */
export type SessionsSettings = {
  /** How many execution environments share the three rates. */
  concurrency: number
  /** Each environment's share, which it keeps to on its own; so are the next two. */
  searchesPerMinute: number
  revocationsPerSecond: number
  readBacksPerSecond: number
  /** To each of the two endpoints, revocation and read-back. */
  callsInFlight: number
  recordsPerBatch: number
  /** How long Lambda gathers messages for a batch. */
  windowSeconds: number
  visibilityTimeoutSeconds: number
}

/** The longest that SQS hides a message. */
const MAX_VISIBILITY_SECONDS = 43_200

/** Derives the settings of end-sessions; undefined for a stage without it. Throws an Error that names the setting to change. */
export function deriveSessions(
  stage: Stage,
  others: { membersPerMessage: number; visibilityTimeoutSeconds: number },
): SessionsSettings | undefined {
  if (!stage.endSessions) return undefined
  const rates = deriveShares(stage)
  const windowSeconds = stage.sessionsWindow.toSeconds()
  return {
    ...rates,
    // Room at each endpoint for the calls of both, so that calls of half a second don't limit the rate. How many people are at work
    // follows from it, in environment.ts of end-sessions.
    callsInFlight: callsInFlightAt(rates.revocationsPerSecond + rates.readBacksPerSecond, 2),
    recordsPerBatch: deriveRecords(stage, rates, others.membersPerMessage),
    windowSeconds,
    // AWS adds the window: a message is hidden from when it is received.
    visibilityTimeoutSeconds: Math.min(
      others.visibilityTimeoutSeconds + windowSeconds,
      MAX_VISIBILITY_SECONDS,
    ),
  }
}

type Shares = Pick<
  SessionsSettings,
  'concurrency' | 'searchesPerMinute' | 'revocationsPerSecond' | 'readBacksPerSecond'
>

/** With fewer, an environment would wait too long for each search. */
const MIN_SEARCHES_PER_ENVIRONMENT = 10
/** The fewest that Lambda's event source mapping can be limited to. */
const MIN_CONCURRENCY = 2

/** What may be lost where no number of environments loses less: of a rate of 5, one call. */
const MAX_LOSS_OF_SMALL_RATES = 0.2

/** Each environment's share of the three rates, in whole calls. There are as many environments as lose little of every rate. */
function deriveShares(stage: Stage): Shares {
  const { maximumConcurrency, stytchRequestsPerSecond, sessionSearchesPerMinute } = stage
  const rates = {
    sessionSearchesPerMinute,
    sessionRevocationsPerSecond: stage.sessionRevocationsPerSecond ?? stytchRequestsPerSecond,
    sessionReadBacksPerSecond: stage.sessionReadBacksPerSecond ?? stytchRequestsPerSecond,
  }
  const most = Math.min(
    maximumConcurrency,
    Math.floor(sessionSearchesPerMinute / MIN_SEARCHES_PER_ENVIRONMENT),
  )
  const concurrency =
    findConcurrency(most, Object.values(rates), MAX_LOSS) ??
    findConcurrency(most, Object.values(rates), MAX_LOSS_OF_SMALL_RATES) ??
    MIN_CONCURRENCY
  for (const [setting, rate] of Object.entries(rates)) assertShared(setting, rate, concurrency)
  return {
    concurrency,
    searchesPerMinute: Math.floor(sessionSearchesPerMinute / concurrency),
    revocationsPerSecond: Math.floor(rates.sessionRevocationsPerSecond / concurrency),
    readBacksPerSecond: Math.floor(rates.sessionReadBacksPerSecond / concurrency),
  }
}

/** The most environments that share all rates well; undefined if there are none. */
function findConcurrency(most: number, rates: readonly number[], maxLoss: number): number | undefined {
  for (let environments = Math.max(most, MIN_CONCURRENCY); environments >= MIN_CONCURRENCY; environments--)
    if (rates.every((rate) => isSharedWell(rate, environments, maxLoss))) return environments
  return undefined
}

function assertShared(setting: string, rate: number, environments: number): void {
  const lost = rate % environments
  const more = rate - lost + environments
  const advice = lost === rate ? `make it ${more}` : `make it ${rate - lost} or, if Stytch agrees, ${more}`
  assertStage(
    isSharedWell(rate, environments, MAX_LOSS_OF_SMALL_RATES),
    `${setting} ${rate} can't be shared by ${environments} environments of end-sessions, the fewest that there can be, without losing ${lost} of it: ${advice}`,
  )
}

/** Some people are in several organizations, and each membership is a member with sessions of its own. */
const MEMBERS_PER_PERSON = 1.25
/** Organizations first, then their members, for at most so many people at once. */
const SEARCHES = 2
const PEOPLE_PER_SEARCH = 100
const MAX_RECORDS_PER_BATCH = 100

/** How many messages an invocation gets, so that there is time to find their people, end their sessions and read that back. */
function deriveRecords(stage: Stage, rates: Shares, membersPerMessage: number): number {
  const secondsPerSearch = 60 / rates.searchesPerMinute
  const membersPerSecond = CALLED_SHARE * Math.min(rates.revocationsPerSecond, rates.readBacksPerSecond)
  const secondsFor = (people: number) =>
    SEARCHES * Math.ceil(people / PEOPLE_PER_SEARCH) * secondsPerSearch +
    (MEMBERS_PER_PERSON * people) / membersPerSecond
  const hasTimeFor = (people: number, timeoutSeconds: number) =>
    secondsFor(people) <= secondsToCall(stage, timeoutSeconds)

  const functionTimeoutSeconds = stage.functionTimeout.toSeconds()
  const timeout = shortestTimeout((seconds) => hasTimeFor(1, seconds))
  assertStage(
    hasTimeFor(1, functionTimeoutSeconds),
    `functionTimeout of ${functionTimeoutSeconds} seconds leaves end-sessions no time for two searches, each ${secondsPerSearch.toFixed(1)} seconds after the one before, and one log-out: ${timeout ? `raise it to ${timeout} seconds or more, or raise ` : 'raise '}sessionSearchesPerMinute`,
  )
  const sizes = Array.from({ length: MAX_RECORDS_PER_BATCH }, (_, index) => MAX_RECORDS_PER_BATCH - index)
  return sizes.find((records) => hasTimeFor(records * membersPerMessage, functionTimeoutSeconds)) ?? 1
}
