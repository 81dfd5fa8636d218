import { setImmediate } from 'node:timers/promises'
import type { FaultRule } from '../../infra/local/stytch/faults.ts'
import { numberedUuid } from '../../infra/local/stytch/numbered-uuid.ts'
import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'

/** What fills the simulated Stytch project. */
export type Project = Pick<
  StytchSimulator,
  'addOrganization' | 'addMember' | 'addSession' | 'setPassword' | 'fault'
>

const ORGANIZATIONS = 12
const FIRST_NAMES = 'ada alan barbara claude dorothy edsger grace john katherine radia'.split(' ')

/** What these rows of every fifty are; the others are ordinary members. */
const SPECIAL_ROWS = {
  3: 'stranger',
  5: 'three organizations',
  7: 'two organizations',
  11: 'throttled first',
  13: 'stranger',
  17: 'no password',
  19: 'repeated',
  21: 'revocation dropped first',
  23: 'malformed',
  29: 'stranger',
  31: 'no password',
  33: 'sessions survive first',
  37: 'server error first',
  41: 'suspended organization',
  43: 'stranger',
  47: 'dropped connection first',
} as const
/**
 * One row in two hundred and fifty: answered 200 with rubbish, as a captive portal would; and one whose search is throttled. A search is
 * about many people, so that more of those would be too many for it.
 */
const RARE_ROWS = { 1: 'unusable answer', 101: 'search throttled first' } as const
const RARE_EVERY = 250

type Kind =
  | (typeof SPECIAL_ROWS)[keyof typeof SPECIAL_ROWS]
  | (typeof RARE_ROWS)[keyof typeof RARE_ROWS]
  | 'ordinary'

/** One member of the made breach: how they behave at Stytch, and the row that the careless feed writes. */
type SampleMember = { kind: Kind; email: string; memberId: string; input: unknown }

/** Makes the member of the row with this index, the same one every time. */
export function sampleMember(index: number): SampleMember {
  const kind = kindOf(index)
  const email = emailOf(index)
  const memberId = `member-test-${numberedUuid(index)}`
  return { kind, email, memberId, input: toInput(kind, index, email, memberId) }
}

const organizationOf = (index: number) => `organization-test-${numberedUuid(index)}`

function kindOf(index: number): Kind {
  const rare: Partial<Record<number, Kind>> = RARE_ROWS
  const special: Partial<Record<number, Kind>> = SPECIAL_ROWS
  return rare[index % RARE_EVERY] ?? special[index % 50] ?? 'ordinary'
}

function toInput(kind: Kind, index: number, email: string, memberId: string): unknown {
  if (kind === 'malformed') return { email_address: email.replace('@', ' at '), password: 'hunter2' }
  if (kind === 'repeated') return { email_address: ` ${emailOf(index - 1).toUpperCase()}` }
  const namesId = kind !== 'stranger' && index % 2 === 1
  return namesId ? { email_address: email, member_id: memberId } : { email_address: email }
}

function emailOf(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]}.${index}@customer-${index % ORGANIZATIONS}.example`
}

/** How the first request about such a member fails. */
const FIRST_FAULTS: Partial<Record<Kind, FaultRule>> = {
  'throttled first': { kind: 'throttle' },
  'server error first': { kind: 'server_error', status: 500 },
  'dropped connection first': { kind: 'reset_connection' },
  'unusable answer': { kind: 'wrong_json' },
  'search throttled first': { kind: 'throttle', endpoint: 'search_organizations' },
  'revocation dropped first': { kind: 'reset_connection', endpoint: 'revoke' },
  'sessions survive first': { kind: 'sessions_survive' },
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const MONTH_MS = 30 * DAY_MS
const SUSPENDED = ORGANIZATIONS - 1
/** A million rows take half a minute. Ctrl-C must work meanwhile. */
const PAUSE_EVERY_ROWS = 1000

/**
 * Adds the first `count` sample members to the simulated project, with passwords a month old and with sessions, and makes the first calls
 * for some of them fail. `now` in ms.
 */
export async function populateProject(stytch: Project, count: number, now: number): Promise<void> {
  for (let index = 0; index < ORGANIZATIONS; index++) {
    stytch.addOrganization({ organizationId: organizationOf(index), suspended: index === SUSPENDED })
  }
  for (let index = 0; index < count; index++) {
    if (index % PAUSE_EVERY_ROWS === 0) await setImmediate()
    const { kind, email, memberId } = sampleMember(index)
    if (kind === 'stranger' || kind === 'malformed' || kind === 'repeated') continue
    const home = kind === 'suspended organization' ? SUSPENDED : index % SUSPENDED
    stytch.addMember({ email, memberId, organizationId: organizationOf(home) })
    for (let other = 1; other < organizationsOf(kind); other++) {
      stytch.addMember({ email, organizationId: organizationOf((home + other) % SUSPENDED) })
    }
    if (kind !== 'no password') stytch.setPassword(email, now - MONTH_MS)
    for (const ageMs of sessionAges(index)) stytch.addSession({ email, startedAt: now - ageMs })
    const fault = FIRST_FAULTS[kind]
    if (fault) stytch.fault({ ...fault, email, times: 1 } as FaultRule)
  }
}

function organizationsOf(kind: Kind): number {
  if (kind === 'three organizations') return 3
  return kind === 'two organizations' ? 2 : 1
}

/** How old the sessions of a member are, in ms: begun before the breach, or between breach and reset, or both, or none. */
function sessionAges(index: number): number[] {
  if (index % 10 === 4) return []
  return [[3 * DAY_MS, HOUR_MS], [3 * DAY_MS], [HOUR_MS]][index % 3] ?? []
}
