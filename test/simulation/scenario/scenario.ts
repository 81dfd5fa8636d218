import fc from 'fast-check'
import type { Stage } from '../../../infra/stage.ts'
import { stages } from '../../fixtures/stages.ts'
import type { Deployment } from '../world/world.ts'
import { type FaultKind, type Step, scenarioArbitrary } from './arbitrary.ts'

/** What Stytch knows of a person. */
export type PersonKind = 'member' | 'in two organizations' | 'stranger' | 'no password' | 'suspended'

/** A row of an event: a person by index, or one that breaks the contract. */
export type Row = { person: number; ids: 'none' | 'right' | 'wrong' } | 'bad'

/** One breach event, or rubbish, that a producer sends; times in ms after the start. */
export type Produced = {
  kind: 'event' | 'in an SNS notification' | 'rubbish'
  rows: readonly Row[]
  sentAt: number
  /** The same body again, so much after the first. */
  copies: readonly number[]
  /** The producer's clock against ours. */
  clockOff: number
  /**
   * How long before the start the credentials were captured; undefined: the event does not say.
   * `at the last call`: in the very ms in which somebody was called last, or at the start.
   */
  exposedBefore: number | 'at the last call' | undefined
  expiresAfter: number | undefined
  mode: 'enforce' | 'dry_run' | undefined
}

/** At the nth time that a step is taken, counted from 0. */
export type PlannedFault = { step: Step; kind: FaultKind; nth: number }

/** For so long nothing else comes from Stytch. */
export type Outage = {
  from: number
  lasts: number
  as:
    | 'server error'
    | 'html'
    | 'throttled'
    | 'unreachable'
    | 'hangs'
    | 'hangs after the effect'
    | 'refuses everybody'
}

/** For so long requests to AWS may be slow, refused or not answered, or nine of ten batches are taken in part only. */
export type Brownout = { from: number; lasts: number; as: 'mixed' | 'partial' }

/** For so long every process of a function dies soon after its invocation began. */
export type BadDeploy = { from: number; lasts: number; role: 'fan-out' | 'require-reset' }

/** One possible world: everything that happens in it follows from this. Times in ms after the start. */
export type Scenario = {
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
  /** The key is replaced at Stytch, and so much later by the operator in the secret. */
  rotation: { at: number; lag: number } | undefined
  /** Members choose a new password, whatever happens. */
  newPasswords: readonly { person: number; at: number }[]
  /** When the operator moves the dead letters back to the breach queue. */
  redriveAt: number | undefined
}

/** How the functions of a scenario are deployed. */
export function deploymentOf({ deployment, sources }: Scenario): Deployment {
  const { stage, ...rest } = DEPLOYMENTS[deployment]
  return { ...rest, stage: { ...stage, ...(sources && { sources }) } }
}

const stage = { ...stages.dev, retryHorizonHours: 1 }
const settings = {
  settleReserveMs: 12_000,
  visibilityTimeoutSeconds: 360,
  membersPerMessage: 3,
}

/**
 * Small numbers, so that a few people already meet every bound. `narrow`: a rate that a handful of calls fills.
 * `wide`: so fast that the people in flight are the bound, and events of more than ten chunks.
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
    },
    recycled: 0.1,
  },
}

/** In ms. */
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The scenario that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarioArbitrary, { seed, numRuns: 1 })
  if (!scenario) throw new Error('fast-check made no scenario')
  return scenario
}
