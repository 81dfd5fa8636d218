import type { StytchSimulator } from '../../infra/local/stytch/start-stytch-simulator.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'

/** What a run sends, and how it fills the simulated Stytch project before. */
export type Scenario = {
  /** In all events together. */
  rows: number
  /** Whether anybody is to be reset; not in a dry run. */
  enforced: boolean
  /** The events, the same ones each time; they may be made as they are asked for, so that a million rows are not held. */
  events: Iterable<UncheckedBreachEvent>
  /** The message bodies that carry the events, as a producer sends them. */
  bodies: Iterable<string>
  populate(
    stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword' | 'fault'>,
  ): Promise<void>
}
