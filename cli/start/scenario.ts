import type { StytchSimulator } from '../../infra/local/stytch/start-stytch-simulator.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'

/** What a run sends, and how it fills the simulated Stytch project before. */
export type Scenario = {
  events: readonly UncheckedBreachEvent[]
  populate(stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword' | 'fault'>): void
}
