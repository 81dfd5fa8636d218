import { Duration } from 'aws-cdk-lib/core'
import type { Settings } from '../../../infra/derive-settings.ts'
import type { SimulatorSettings } from '../../../infra/local/stytch/settings.ts'
import type { Stage } from '../../../infra/stage.ts'
import type { Mode } from '../../../lib/contract/breach-event.ts'
import { stages } from '../../fixtures/stages.ts'
import type { BadDeploy, Brownout, ClockStep, MemberTrouble, Outage, PlannedFault } from './faults.ts'

/** One possible course of events: everything that happens in a run follows from it. Times in ms after the start. */
export type Scenario = {
  /** The seed of all randomness that is not in the scenario itself. */
  entropy: number
  deployment: 'narrow' | 'wide'
  /** Of the stage. */
  sources: Stage['sources']
  people: readonly PersonKind[]
  produced: readonly Produced[]
  faults: readonly PlannedFault[]
  outages: readonly Outage[]
  brownouts: readonly Brownout[]
  badDeploys: readonly BadDeploy[]
  clockSteps: readonly ClockStep[]
  /** The key is replaced at Stytch, and `lag` later in the secret. `mistaken`: until then the secret has the key of another project. */
  rotation: { at: number; lag: number; mistaken: boolean } | undefined
  /** Members choose a new password on their own. */
  newPasswords: readonly { person: number; at: number }[]
  /** Until when the event source mapping of the breach queue is disabled. */
  pausedUntil: number | undefined
  /** When the operator redrives the dead letters to the breach queue. */
  redriveAt: number | undefined
  /** How long after that they redrive what is there by then. */
  redriveAgainAfter: number | undefined
  /** When the rule of the stage sends a canary. */
  canaryAt: number | undefined
  /** Of the stage. */
  endSessions: boolean
  /** Whether the stage names a bus for outcome events. */
  hasBus: boolean
  ways: StytchWays
  /** Whose sessions no revocation ends before that. */
  survivors: readonly { person: number; until: number }[]
  memberTroubles: readonly MemberTrouble[]
  /** Of the stage. */
  maxMembersPerHour: number | undefined
  /** Until when the stage is a dry run, and how long after that the operator redrives what it has kept. */
  rehearsal: { until: number; redriveAfter: number } | undefined
  /** Which of the produced events somebody sends who may send, but not for sources that name their senders. */
  impostures: readonly number[]
  forgedLetters: readonly ForgedLetter[]
}

/**
 * What somebody puts on the dead-letter queue whose own queue is pointed at it: an event, which may claim a reason, or say the same as the
 * letter of ours that is there, or a message such as those between the functions. `at`: ms after the start.
 */
export type ForgedLetter = { at: number; person: number; as: 'event' | 'with a reason' | 'for a step' }

/**
 * What Stytch does not document. `sendsDate`: whether its answers have a Date header. `searchSlowAbove`: a search about more e-mails than
 * that takes longer than anyone waits.
 */
export type StytchWays = Pick<
  SimulatorSettings,
  'revokeWithoutSessions' | 'searchLagMs' | 'searchFilterLimit' | 'searchPageSize' | 'readBackLagMs'
> & { sendsDate: boolean; searchSlowAbove: number }

/** What Stytch knows about a person. */
export type PersonKind =
  | 'member'
  | 'in two organizations'
  | 'in three organizations'
  | 'stranger'
  /** A stranger whose address has a Kelvin sign where that of the person before has a k. */
  | 'look-alike'
  | 'no password'
  | 'suspended'

/** One breach event, or broken JSON, that a producer sends; times in ms after the start. */
export type Produced = {
  kind: 'event' | 'in an SNS notification' | 'broken JSON'
  rows: readonly Row[]
  sentAt: number
  /** The same body is sent again, this long after the first. */
  copies: readonly number[]
  /** How far the producer's clock is ahead of ours. */
  clockOff: number
  /**
   * How long before the start the credentials were captured, below zero after it; undefined: the event does not say.
   * `at the last call`: in the very ms of the latest call so far, or at the start.
   */
  exposedBefore: number | 'at the last call' | undefined
  expiresAfter: number | undefined
  mode: 'enforce' | 'dry_run' | undefined
  /** Says `mode: dry_run` where it has no effect: beside the event in an envelope, or beside `data`. */
  misplacesMode: boolean
}

/** A row of an event: a person by index, or one that breaks the contract. */
export type Row = { person: number; ids: 'none' | 'right' | 'wrong' } | 'bad'

/**
 * How the functions are deployed: the settings of a stage, what is derived from them, and how often (0 to 1) Lambda starts a
 * new execution environment although one is idle.
 */
export type Deployment = { stage: Stage; settings: Settings; recycled: number }

/** Returns how the functions of a scenario are deployed. */
export function deploymentOf(scenario: Scenario): Deployment {
  const { deployment, sources, maxMembersPerHour, endSessions } = scenario
  const { stage, settings, ...rest } = DEPLOYMENTS[deployment]
  return {
    ...rest,
    stage: {
      ...stage,
      ...(sources && { sources }),
      ...(maxMembersPerHour && { maxMembersPerHour }),
      endSessions,
    },
    settings: endSessions ? settings : { ...settings, sessions: undefined },
  }
}

/** Whether the stage limits hours, and so has a table that counts. */
export function isHourly({ sources = {}, maxMembersPerHour }: Stage): boolean {
  const limits = Object.values(sources).map((source) => source.maxMembersPerHour)
  return [maxMembersPerHour, ...limits].some((limit) => limit !== undefined)
}

/** The mode of the stage, `since` ms after the start. */
export function modeAt(
  of: { scenario: Pick<Scenario, 'rehearsal'>; deployment: Deployment },
  since: number,
): Mode {
  return since < (of.scenario.rehearsal?.until ?? 0) ? 'dry_run' : of.deployment.stage.mode
}

const stage = { ...stages.dev, retryHorizon: Duration.hours(1) }
const settings = {
  settleReserveMs: 12_000,
  visibilityTimeoutSeconds: 360,
  membersPerMessage: 3,
}
const sessions = { concurrency: 2, windowSeconds: 5, visibilityTimeoutSeconds: 365 }

/**
 * Small numbers, so that a few people reach every limit. `narrow`: a handful of calls uses up the rate.
 * `wide`: so fast that calls in flight are the limit, and events have more than ten chunks.
 */
export const DEPLOYMENTS: Record<Scenario['deployment'], Deployment> = {
  narrow: {
    stage: { ...stage, stytchRequestsPerSecond: 12, maxMembersPerEvent: 8 },
    settings: {
      ...settings,
      requestsPerSecond: 6,
      callsInFlight: 3,
      maxUnrecorded: 4,
      recordsPerBatch: 3,
      messagesAtOnce: 2,
      sessions: {
        ...{ ...sessions, searchesPerMinute: 12, revocationsPerSecond: 4, readBacksPerSecond: 5 },
        ...{ callsInFlight: 3, recordsPerBatch: 12 },
      },
    },
    recycled: 0.1,
  },
  wide: {
    stage: { ...stage, stytchRequestsPerSecond: 1000, maxMembersPerEvent: 50 },
    settings: {
      ...settings,
      requestsPerSecond: 500,
      callsInFlight: 20,
      maxUnrecorded: 30,
      recordsPerBatch: 10,
      messagesAtOnce: 20,
      membersPerMessage: 4,
      sessions: {
        ...{ ...sessions, searchesPerMinute: 300, revocationsPerSecond: 300, readBacksPerSecond: 500 },
        ...{ callsInFlight: 20, recordsPerBatch: 100 },
      },
    },
    recycled: 0.1,
  },
}

/** In ms. */
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
