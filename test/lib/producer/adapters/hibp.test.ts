import { describe, expect, it } from 'vitest'
import { adaptHibp } from '../../../../lib/producer/adapters/hibp.ts'

const breach = (overrides: object = {}) => ({
  Name: 'Forum',
  Title: 'Example Forum',
  BreachDate: '2026-10-01',
  AddedDate: '2026-11-18T08:00:00Z',
  ModifiedDate: '2026-11-25T08:00:00Z',
  DataClasses: ['Email addresses', 'Passwords'],
  IsVerified: true,
  ...overrides,
})
const document = (overrides: object = {}) => ({
  domain: 'customer.example',
  breached_domain: { ada: ['Forum'] },
  breaches: [breach()],
  ...overrides,
})

describe('adaptHibp', () => {
  it('has as the latest capture the moment the breach was added, not when it happened or was edited', () => {
    const [event] = adaptHibp(document()).events
    expect(event).toMatchObject({
      id: 'customer.example-Forum',
      time: '2026-11-18T08:00:00Z',
      data: {
        exposed_at: '2026-11-18T08:00:00Z',
        breach: { catalog: 'hibp', id: 'Forum', title: 'Example Forum' },
      },
    })
  })

  it('makes one event of a breach, with everyone in it', () => {
    const breached_domain = { ada: ['Forum', 'Logs'], lin: ['Logs'], kay: [] }
    const breaches = [breach(), breach({ Name: 'Logs' })]
    const { events } = adaptHibp(document({ breached_domain, breaches }))
    expect(events.map(({ id, data }) => [id, data.members.map((member) => member.email_address)])).toEqual([
      ['customer.example-Forum', ['ada@customer.example']],
      ['customer.example-Logs', ['ada@customer.example', 'lin@customer.example']],
    ])
  })

  it.each([
    ['third_party_breach', {}],
    ['infostealer', { IsStealerLog: true }],
    ['infostealer', { IsMalware: true }],
  ])('gives the reason %s for %j', (reason, overrides) => {
    expect(adaptHibp(document({ breaches: [breach(overrides)] })).events[0]?.data.reason).toBe(reason)
  })
})

describe('what adaptHibp leaves out', () => {
  it.each([
    ['IsVerified', { IsVerified: false }],
    ['IsVerified', { IsVerified: null }],
    ['IsFabricated', { IsFabricated: true }],
    ['IsSpamList', { IsSpamList: true }],
    ['IsRetired', { IsRetired: true }],
    ['DataClasses', { DataClasses: ['Email addresses', 'Password hints'] }],
    ['DataClasses', { DataClasses: undefined }],
  ])('drops the people in a breach for its %s: %j', (field, overrides) => {
    const breached_domain = { ada: ['Forum', 'Other'] }
    const breaches = [breach(), breach({ Name: 'Other', ...overrides })]
    expect(adaptHibp(document({ breached_domain, breaches }))).toMatchObject({
      events: [{ id: 'customer.example-Forum' }],
      dropped: [{ where: 'breached_domain.0.1', rule: expect.stringMatching(`^breach.${field}: `) }],
      invalid: [],
    })
  })

  it.each([
    ['a breach without a model', { ada: ['Forum'], lin: ['Gone'] }, 'breached_domain.1.0', 'breach'],
    ['a name that is not a string', { ada: ['Forum', { evil: 1 }] }, 'breached_domain.0.1', 'breach'],
    ['no list of names', { ada: ['Forum'], lin: null }, 'breached_domain.1', 'breach'],
    ['an alias that makes no e-mail', { ada: ['Forum'], 'a b': ['Forum'] }, 'breached_domain.1.0', 'email'],
    ['a breach without a date', { ada: ['Forum', 'Undated'] }, 'breached_domain.0.1', 'breach.AddedDate'],
    [
      'a missing date that became 1970',
      { ada: ['Forum', 'Epoch'] },
      'breached_domain.0.1',
      'breach.AddedDate',
    ],
    ['a name too long for an id', { ada: ['Forum', 'x'.repeat(52)] }, 'breached_domain.0.1', 'breach.Name'],
  ])('finds %s invalid, and adapts the others', (_, breached_domain, where, field) => {
    const breaches = [
      breach(),
      breach({ Name: 'Undated', AddedDate: undefined }),
      breach({ Name: 'Epoch', AddedDate: '1970-01-01T00:00:00Z' }),
      breach({ Name: 'x'.repeat(52) }),
      { Title: 'nameless' },
    ]
    expect(adaptHibp(document({ breached_domain, breaches }))).toMatchObject({
      events: [{ data: { members: [{ email_address: 'ada@customer.example' }] } }],
      dropped: [],
      invalid: [{ where, rule: expect.stringMatching(`^${field}`) }],
    })
  })

  it('takes names of prototypes for aliases and breaches like any other', () => {
    const json = '{"__proto__":["Forum"],"constructor":["toString"]}'
    expect(adaptHibp(document({ breached_domain: JSON.parse(json) }))).toMatchObject({
      events: [{ data: { members: [{ email_address: '__proto__@customer.example' }] } }],
      invalid: [{ where: 'breached_domain.1.0' }],
    })
  })

  it.each([
    ['domain', { domain: 'customer example' }],
    ['domain', { domain: 'ada@customer.example' }],
    ['breached_domain', { breached_domain: [['ada', 'Forum']] }],
    ['breaches', { breaches: undefined }],
  ])('refuses a document for its %s: %j', (field, overrides) => {
    expect(adaptHibp(document(overrides))).toEqual({
      events: [],
      dropped: [],
      invalid: [{ where: '', rule: expect.stringMatching(`^${field}: `) }],
    })
  })
})
