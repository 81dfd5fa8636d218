import type { Stage } from '../../../infra/stage.ts'
import type { FaultKind, Step } from './faults-at.ts'

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
