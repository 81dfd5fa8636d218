import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import type { Member } from '../../lib/contract/member.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { Scenario } from './scenario.ts'

const LARGEST_EVENT = 10_000
const DAY_MS = 24 * 60 * 60 * 1000
const ORGANIZATIONS = 12
const SUSPENDED = 'organization-test-00000000-0000-4000-8000-000000000011'

const FIRST_NAMES = [
  'ada',
  'alan',
  'barbara',
  'claude',
  'dorothy',
  'edsger',
  'grace',
  'john',
  'katherine',
  'radia',
]

/** What one row in fifty is, in turn; the others are ordinary members. */
const ODD_ROWS: Record<number, Kind> = {
  3: 'stranger',
  7: 'two organizations',
  11: 'throttled first',
  13: 'stranger',
  17: 'no password',
  19: 'repeated',
  23: 'malformed',
  29: 'stranger',
  31: 'no password',
  37: 'server error first',
  41: 'suspended organization',
  43: 'stranger',
  47: 'dropped connection first',
}
/** One row in two hundred and fifty is answered 200 with rubbish, as a captive portal would. */
const UNUSABLE_EVERY = 250

type Kind =
  | 'ordinary'
  | 'stranger'
  | 'no password'
  | 'repeated'
  | 'malformed'
  | 'two organizations'
  | 'suspended organization'
  | 'throttled first'
  | 'server error first'
  | 'dropped connection first'
  | 'unusable answer'

/** Makes a realistic breach of `count` rows, the same one every time but for its dates: an infostealer's harvest, sent by a careless feed. */
export function makeBreach(count: number, now: number): Scenario {
  const kinds = Array.from({ length: count }, (_, index) => kindOf(index))
  const rows = kinds.map((kind, index) => toRow(kind, index))
  const events: UncheckedBreachEvent[] = []
  for (let from = 0; from < count; from += LARGEST_EVENT) {
    events.push({
      specversion: '1.0',
      type: BREACH_EVENT_TYPE,
      source: 'urn:example:stealer-log-feed',
      id: `harvest-${new Date(now).toISOString().slice(0, 10)}-${from / LARGEST_EVENT + 1}`,
      time: new Date(now - 60_000).toISOString(),
      data: {
        reason: 'infostealer',
        severity: 'high',
        exposed_at: new Date(now - DAY_MS).toISOString(),
        members: rows.slice(from, from + LARGEST_EVENT),
      },
    })
  }

  return {
    events,
    populate(stytch) {
      for (let index = 0; index < ORGANIZATIONS; index++) {
        const organizationId = organizationOf(index)
        stytch.addOrganization({
          organizationId,
          slug: `org-${index}`,
          suspended: organizationId === SUSPENDED,
        })
      }
      for (const [index, kind] of kinds.entries()) {
        if (kind === 'stranger' || kind === 'malformed' || kind === 'repeated') continue
        const email = emailOf(index)
        const organizationId =
          kind === 'suspended organization' ? SUSPENDED : organizationOf(index % (ORGANIZATIONS - 1))
        stytch.addMember({ email, organizationId, memberId: memberIdOf(index) })
        if (kind === 'two organizations') {
          stytch.addMember({ email, organizationId: organizationOf((index + 1) % (ORGANIZATIONS - 1)) })
        }
        if (kind !== 'no password') stytch.setPassword(email, now - 30 * DAY_MS)
        if (kind === 'throttled first') stytch.fault({ kind: 'throttle', email, times: 1 })
        if (kind === 'server error first')
          stytch.fault({ kind: 'server_error', status: 500, email, times: 1 })
        if (kind === 'dropped connection first') stytch.fault({ kind: 'reset_connection', email, times: 1 })
        if (kind === 'unusable answer') stytch.fault({ kind: 'wrong_json', email, times: 1 })
      }
    },
  }
}

function kindOf(index: number): Kind {
  if (index % UNUSABLE_EVERY === 1) return 'unusable answer'
  return ODD_ROWS[index % 50] ?? 'ordinary'
}

function toRow(kind: Kind, index: number): unknown {
  if (kind === 'malformed') return { email_address: emailOf(index).replace('@', ' at '), password: 'hunter2' }
  if (kind === 'repeated') return { email_address: ` ${emailOf(index - 1).toUpperCase()}` }
  if (kind === 'stranger' || index % 2 === 0) return { email_address: emailOf(index) }
  const row: Member = { email_address: emailOf(index), member_id: memberIdOf(index) }
  return row
}

function emailOf(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]}.${index}@customer-${index % ORGANIZATIONS}.example`
}

const memberIdOf = (index: number) => `member-test-${uuid(index)}`
const organizationOf = (index: number) => `organization-test-${uuid(index)}`
const uuid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
