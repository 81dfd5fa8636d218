import type { Settings } from '../../../infra/derive-settings.ts'
import type { Stage } from '../../../infra/stage.ts'
import type { FaultKind, Step } from '../scenario/faults-at.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Dice } from './create-dice.ts'
import type { TakeFault } from './create-faults.ts'
import type { Ledger } from './create-ledger.ts'
import type { People } from './create-people.ts'
import type { Queue } from './create-queue.ts'
import type { Quota } from './create-quota.ts'
import type { Stytch } from './create-stytch.ts'
import type { Timeline } from './create-timeline.ts'
import type { Happening, QueueName } from './entry.ts'

/** For whom a request is served, and how. */
export type Answering = { invocation: string; fault: FaultKind | undefined }

/**
 * How the functions are deployed: the knobs of a stage, what follows from them, and how often (0 to 1) Lambda does not reuse
 * an idle execution environment.
 */
export type Deployment = { stage: Stage; settings: Settings; recycled: number }

/** Everything outside the two functions. */
export type World = {
  scenario: Scenario
  deployment: Deployment
  timeline: Timeline
  dice: Dice
  takeFault: TakeFault
  /** What befalls a request to AWS that is made now, `since` ms after the start. */
  brownOut: (step: Step, since: number) => FaultKind | undefined
  note: (happening: Happening) => void
  queues: Record<QueueName, Queue>
  ledger: Ledger
  quota: Quota
  people: People
  stytch: Stytch
  /** What Secrets Manager holds, by name. */
  secrets: Map<string, string>
  startedAt: number
  numberCall: () => number
  /** When somebody was called last; before the first call, the start. */
  lastCallAt: () => number
}
