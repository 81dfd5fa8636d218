import fc from 'fast-check'
import type { Mode, ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { resetEvent } from '../fakes/create-reset-world.ts'
import { mostly } from './mostly.ts'

const OWED = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset', request_id: 'request-0' } as const

const ids = fc.record(
  {
    organization_id: fc.constantFrom('acme', 'organization-test-1'),
    member_id: fc.constantFrom('crm|4711', 'member-test-1'),
  },
  { requiredKeys: [] },
)
const marks = mostly<Partial<ResetMember>>({}, { uncertain: true }, { idstried: true }, { owed: OWED })
const row = fc
  .record({
    email_address: fc.oneof(
      fc.constantFrom('kay@leak.example', 'Kay@leak.example', 'lin@leak.example'),
      fc.nat(20).map((number) => `m${number}@leak.example`),
    ),
    ids,
    marks,
  })
  .map(({ email_address, ids, marks }): ResetMember => ({ email_address, ...ids, ...marks }))

const overrides = fc.record({
  attempts: fc.constantFrom(0, 1, 20),
  firsttriedat: fc.constantFrom(undefined, '2026-11-20T11:00:00.000Z', '2026-11-19T11:00:00.000Z'),
  expirytime: mostly<string | undefined>(undefined, '2026-11-20T11:59:59Z', '2026-11-20T12:00:01Z'),
})

/** What fan-out or require-reset itself has put on the reset queue, for the clock of the reset world. */
export const resetEventValue: fc.Arbitrary<ResetEvent> = fc
  .record({
    overrides,
    mode: mostly<Mode | undefined>(undefined, 'enforce', 'dry_run'),
    members: fc.array(row, { minLength: 1, maxLength: 8 }),
  })
  .map(({ overrides, mode, members }) => {
    const event = resetEvent([])
    const value = { ...event, ...overrides, data: { ...event.data, mode, members } }
    return JSON.parse(JSON.stringify(value))
  })
