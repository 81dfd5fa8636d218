import { describe, expect, it } from 'vitest'
import { checkMembers } from '../../../lib/contract/check-breach-event.ts'

describe('checkMembers', () => {
  it.each([
    ['a plain address', { email_address: 'ada@customer.example' }],
    ['an address in another script', { email_address: 'юля@почта.example' }],
    [
      'slugs and external ids',
      { email_address: 'ada@c.example', organization_id: 'acme.inc~1', member_id: 'hr|0-7_x' },
    ],
    ['a UUID-style id', { email_address: 'a@c.example', organization_id: 'organization-live-0e0b1d2a-0000' }],
  ])('accepts %s', (_, row) => {
    expect(checkMembers([row])).toEqual({ members: [{ index: 0, member: row }], invalid: [] })
  })

  it('trims the address and drops what it does not know', () => {
    const row = { email_address: '  Ada@customer.example\n', password: 'hunter2', organization_id: 'acme' }
    const { members } = checkMembers([row])
    expect(members[0]?.member).toEqual({ email_address: 'Ada@customer.example', organization_id: 'acme' })
  })

  it.each([
    ['no address', {}, 'email_address'],
    ['no object', 'ada@customer.example', ''],
    ['null', null, ''],
    ['an address of the wrong type', { email_address: { evil: 'canary@x.example' } }, 'email_address'],
    ['an address without @', { email_address: 'canary' }, 'email_address'],
    ['two addresses in one', { email_address: 'canary@x.example, b@x.example' }, 'email_address'],
    ['a control character', { email_address: 'canary\u0007@x.example' }, 'email_address'],
    ['a noncharacter', { email_address: 'canary\uffff@x.example' }, 'email_address'],
    ['a lone surrogate', { email_address: 'canary\ud800@x.example' }, 'email_address'],
    ['10 kB of address', { email_address: `${'canary'.repeat(1700)}@x.example` }, 'email_address'],
    [
      'an e-mail as an id',
      { email_address: 'a@x.example', organization_id: 'canary@x.example' },
      'organization_id',
    ],
    [
      'a percent-encoded e-mail as an id',
      { email_address: 'a@x.example', member_id: 'canary%40x' },
      'member_id',
    ],
    ['an empty id', { email_address: 'a@x.example', member_id: '' }, 'member_id'],
  ])('refuses %s without the others, naming field and rule but no value', (_, row, field) => {
    const good = { email_address: 'good@customer.example' }
    const { members, invalid } = checkMembers([good, row, good])
    expect(members.map(({ index }) => index)).toEqual([0, 2])
    expect(invalid).toEqual([
      {
        index: 1,
        row,
        detail: expect.stringMatching(new RegExp(`^data\\.members\\.1${field && `\\.${field}`}: `)),
      },
    ])
    expect(invalid[0]?.detail).not.toContain('canary')
  })
})
