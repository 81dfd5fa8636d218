import { describe, expect, it } from 'vitest'
import { SessionsEventSchema } from '../../../lib/contract/breach-event.ts'
import { CODES, describeCode } from '../../../lib/contract/codes.ts'
import { sessionsEvent } from '../../fakes/create-sessions-world.ts'

const valid = sessionsEvent(['ada@x.example'])
const [row] = valid.data.members
const withRow = (other: object) => ({ ...valid, data: { ...valid.data, members: [{ ...row, ...other }] } })

describe('what travels on the sessions queue', () => {
  it('is a breach event that says of each person which reset their sessions end for', () => {
    expect(SessionsEventSchema.parse(valid)).toEqual(valid)
    const found = [{ member_id: 'member-test-1', organization_id: 'organization-test-1' }]
    const full = withRow({ organization_id: 'acme', member_id: 'm-1', found, misses: 2 })
    expect(SessionsEventSchema.parse(full)).toEqual(full)
  })

  it('has no mark of an earlier step', () => {
    const marked = withRow({
      owed: { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' },
      uncertain: true,
    })
    expect(SessionsEventSchema.parse(marked)).toEqual(valid)
  })

  it.each([
    ['nobody', { ...valid, data: { ...valid.data, members: [] } }],
    ['a person without a reset', withRow({ reset_at: undefined })],
    ['a reset at no moment', withRow({ reset_at: 'yesterday' })],
    ['members that were found and are not a list', withRow({ found: 'member-test-1' })],
    ['no fence', { ...valid, fence: undefined }],
    ['no count of attempts', { ...valid, attempts: undefined }],
  ])('is not: %s', (_, event) => {
    expect(SessionsEventSchema.safeParse(event).success).toBe(false)
  })
})

it.each(['sessions_alive', 'sessions_not_ended', 'sessions_refused'] as const)(
  'a redrive of %s does not ask: it only ends sessions again',
  (code) => {
    expect(describeCode(code)).toMatchObject({ of: 'person', redrive: { kind: 'again' } })
    expect(CODES[code].redrive.sentence).toContain('is not reset again')
  },
)
