import { setImmediate } from 'node:timers/promises'
import { castRow, ORGANIZATIONS, organizationOf } from './cast-row.ts'
import type { Scenario } from './scenario.ts'

const MONTH_MS = 30 * 24 * 60 * 60 * 1000
const SUSPENDED = ORGANIZATIONS - 1
/** A million rows take half a minute, in which Ctrl-C must be heard. */
const PAUSE_EVERY_ROWS = 1000

/** Makes the cast of `count` rows members of the simulated project, with passwords a month old, and has some of their calls fail first. `now` in ms. */
export async function populateProject(
  stytch: Parameters<Scenario['populate']>[0],
  count: number,
  now: number,
): Promise<void> {
  for (let index = 0; index < ORGANIZATIONS; index++) {
    stytch.addOrganization({ organizationId: organizationOf(index), suspended: index === SUSPENDED })
  }
  for (let index = 0; index < count; index++) {
    if (index % PAUSE_EVERY_ROWS === 0) await setImmediate()
    const { kind, email, memberId } = castRow(index)
    if (kind === 'stranger' || kind === 'malformed' || kind === 'repeated') continue
    const home = kind === 'suspended organization' ? SUSPENDED : index % SUSPENDED
    stytch.addMember({ email, memberId, organizationId: organizationOf(home) })
    if (kind === 'two organizations') {
      stytch.addMember({ email, organizationId: organizationOf((home + 1) % SUSPENDED) })
    }
    if (kind !== 'no password') stytch.setPassword(email, now - MONTH_MS)
    if (kind === 'throttled first') stytch.fault({ kind: 'throttle', email, times: 1 })
    if (kind === 'server error first') stytch.fault({ kind: 'server_error', status: 500, email, times: 1 })
    if (kind === 'dropped connection first') stytch.fault({ kind: 'reset_connection', email, times: 1 })
    if (kind === 'unusable answer') stytch.fault({ kind: 'wrong_json', email, times: 1 })
  }
}
