import type { StytchSimulator } from '../../infra/local/stytch/start-stytch-simulator.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'

/** What a run sends, and how it fills the simulated Stytch project before. */
export type Scenario = {
  events: readonly UncheckedBreachEvent[]
  /** The message bodies that carry the events, as a producer sends them. */
  bodies: readonly string[]
  populate(stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword' | 'fault'>): void
}
