import { describe, expect, it } from 'vitest'
import { adaptPushSecurity } from '../../../../lib/producer/adapters/push-security.ts'

const body = (overrides: object = {}) => ({
  id: 'c4789a6c-0000-4000-8000-000000000001',
  timestamp: 1_795_059_600,
  object: 'STOLEN_CREDENTIALS_DETECTED',
  new: { employee: { email: 'ada@customer.example' } },
  ...overrides,
})

describe('adaptPushSecurity', () => {
  it('has the moment of the webhook as the latest capture, and its id', () => {
    expect(adaptPushSecurity(body()).events).toMatchObject([
      {
        id: 'c4789a6c-0000-4000-8000-000000000001',
        time: '2026-11-19T03:40:00.000Z',
        data: {
          exposed_at: '2026-11-19T03:40:00.000Z',
          members: [{ email_address: 'ada@customer.example' }],
        },
      },
    ])
  })

  it('drops webhooks about anything else, however they look', () => {
    expect(adaptPushSecurity([body(), { object: 'LOGIN' }])).toMatchObject({
      events: [{}],
      dropped: [{ where: '1', rule: 'object: must be STOLEN_CREDENTIALS_DETECTED' }],
      invalid: [],
    })
  })

  it.each([
    ['no object', { object: undefined }, 'object'],
    ['milliseconds', { timestamp: 1_795_059_600_000 }, 'timestamp'],
    ['a moment as text', { timestamp: '2026-11-19T03:40:00Z' }, 'timestamp'],
    ['parts of a second', { timestamp: 1_795_059_600.5 }, 'timestamp'],
    ['no employee', { new: null }, 'new'],
    ['a broken e-mail', { new: { employee: { email: 'ada' } } }, 'new.employee.email'],
    ['an e-mail for an id', { id: 'ada@customer.example' }, 'id'],
  ])('finds a body with %s invalid, and adapts the others', (_, overrides, field) => {
    expect(adaptPushSecurity([body(overrides), body()])).toMatchObject({
      events: [{}],
      dropped: [],
      invalid: [{ where: '0', rule: expect.stringMatching(`^${field}: `) }],
    })
  })
})
