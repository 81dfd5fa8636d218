import { numberedUuid } from '../../infra/local/stytch/numbered-uuid.ts'

export const ORGANIZATIONS = 12
const FIRST_NAMES = 'ada alan barbara claude dorothy edsger grace john katherine radia'.split(' ')

/** What one row in fifty is, in turn; the others are ordinary members. */
const ODD_ROWS = {
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
} as const
/** One row in two hundred and fifty is answered 200 with rubbish, as a captive portal would. */
const UNUSABLE_EVERY = 250

export type Kind = (typeof ODD_ROWS)[keyof typeof ODD_ROWS] | 'ordinary' | 'unusable answer'

/** Who stands in a row of the made breach, how they behave at Stytch, and what the careless feed wrote down. */
export type CastRow = { kind: Kind; email: string; memberId: string; written: unknown }

/** Casts the row with this index, the same one every time. */
export function castRow(index: number): CastRow {
  const kind = index % UNUSABLE_EVERY === 1 ? 'unusable answer' : oddKind(index % 50)
  const email = emailOf(index)
  const memberId = `member-test-${numberedUuid(index)}`
  return { kind, email, memberId, written: write(kind, index, email, memberId) }
}

/** The id of one of the organizations. */
export const organizationOf = (index: number) => `organization-test-${numberedUuid(index)}`

function oddKind(index: number): Kind {
  return Object.hasOwn(ODD_ROWS, index) ? ODD_ROWS[index as keyof typeof ODD_ROWS] : 'ordinary'
}

function write(kind: Kind, index: number, email: string, memberId: string): unknown {
  if (kind === 'malformed') return { email_address: email.replace('@', ' at '), password: 'hunter2' }
  if (kind === 'repeated') return { email_address: ` ${emailOf(index - 1).toUpperCase()}` }
  const namesId = kind !== 'stranger' && index % 2 === 1
  return namesId ? { email_address: email, member_id: memberId } : { email_address: email }
}

function emailOf(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]}.${index}@customer-${index % ORGANIZATIONS}.example`
}
