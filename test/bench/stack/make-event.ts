import type { StytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'

const HOUR_MS = 3_600_000

export type MadeEvent = { emails: ReadonlySet<string>; body: string }

/** Makes an event of new members, each with a password that was set before the breach; `name` is its id, and tells the members apart. */
export function makeEvent(
  stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword'>,
  name: string,
  members: number,
  now: number,
): MadeEvent {
  const { organizationId } = stytch.addOrganization()
  const emails = Array.from({ length: members }, (_, index) => `${name}-${index}@bench.example`)
  for (const email of emails) {
    stytch.addMember({ organizationId, email })
    stytch.setPassword(email, now - 2 * HOUR_MS)
  }
  const event = {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: 'urn:example:bench',
    id: name,
    time: new Date(now).toISOString(),
    data: {
      reason: 'infostealer',
      exposed_at: new Date(now - HOUR_MS).toISOString(),
      members: emails.map((email_address) => ({ email_address })),
    },
  }
  return { emails: new Set(emails), body: JSON.stringify(event) }
}
