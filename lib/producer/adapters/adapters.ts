import type { Adapter } from './adapter.ts'
import { adaptEnzoic } from './enzoic.ts'
import { adaptHibp } from './hibp.ts'
import { adaptPushSecurity } from './push-security.ts'
import { adaptSpyCloud } from './spycloud.ts'

export type { Adapted, Adapter } from './adapter.ts'

/** Adapters by the name of the vendor. Each has an example in docs/examples/vendors. */
export const adapters = {
  spycloud: adaptSpyCloud,
  enzoic: adaptEnzoic,
  hibp: adaptHibp,
  'push-security': adaptPushSecurity,
} satisfies Record<string, Adapter>
