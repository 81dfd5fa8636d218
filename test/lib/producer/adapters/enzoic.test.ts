import { describe, expect, it } from 'vitest'
import { adaptEnzoic } from '../../../../lib/producer/adapters/enzoic.ts'

const details = { dateAdded: '2026-11-18T00:00:00Z', exposedData: ['Emails', 'Passwords'] }
const body = (overrides: object = {}) => ({
  username: 'ada@customer.example',
  date: '2026-11-19T04:51:05Z',
  exposureID: '6740aa',
  exposureDetails: details,
  ...overrides,
})
const eventOf = (overrides: object) => {
  const { events, dropped, invalid } = adaptEnzoic(body(overrides))
  expect([...dropped, ...invalid]).toEqual([])
  return events[0]
}

describe('adaptEnzoic', () => {
  it.each([
    ['the moment the exposure was added', '2026-11-18T00:00:00Z', '2026-11-18T00:00:00Z'],
    ['the date of the webhook, when nothing says that moment', null, '2026-11-19T04:51:05Z'],
    [
      'the date of the webhook, when that moment is said to be later',
      '2026-11-25T00:00:00Z',
      '2026-11-19T04:51:05Z',
    ],
  ])('has as the latest capture %s', (_, dateAdded, exposed_at) => {
    expect(eventOf({ exposureDetails: { ...details, dateAdded } })).toMatchObject({
      time: '2026-11-19T04:51:05Z',
      data: { exposed_at },
    })
  })

  it('has the same latest capture for a later webhook about the same exposure', () => {
    const later = eventOf({ date: '2026-12-01T10:00:00Z' })
    expect(later?.id).not.toBe(eventOf({})?.id)
    expect(later?.data).toEqual(eventOf({})?.data)
  })

  it('makes one event of bodies about one exposure at one moment, and of the others one each', () => {
    const { events } = adaptEnzoic([
      body(),
      body({ username: 'lin@customer.example', exposureID: '6740bb' }),
      body({ username: 'kay@customer.example', date: '2026-11-19T05:51:05+01:00' }),
      body({ username: 'max@customer.example' }),
    ])
    const peopleOf = events.map(({ id, data }) => [id, data.members.map((member) => member.email_address)])
    expect(peopleOf).toEqual([
      ['6740aa-2026-11-19T04:51:05.000Z', ['ada@customer.example', 'max@customer.example']],
      ['6740bb-2026-11-19T04:51:05.000Z', ['lin@customer.example']],
      ['6740aa-2026-11-19T04:51:05.000Z', ['kay@customer.example']],
    ])
  })

  it('names no organization, whatever customData says', () => {
    expect(eventOf({ customData: 'acme' })?.data.members).toEqual([{ email_address: 'ada@customer.example' }])
  })

  it.each([
    ['that does not say what was exposed', { ...details, exposedData: null }],
    ['without details', null],
  ])('takes an exposure %s for one of passwords', (_, exposureDetails) => {
    expect(eventOf({ exposureDetails })).toMatchObject({ id: '6740aa-2026-11-19T04:51:05.000Z' })
  })

  it('drops an exposure without passwords', () => {
    const exposureDetails = { ...details, exposedData: ['Emails'] }
    expect(adaptEnzoic([body(), body({ exposureDetails })])).toMatchObject({
      events: [{}],
      dropped: [{ where: '1', rule: 'exposureDetails.exposedData: must hold Passwords' }],
      invalid: [],
    })
  })

  it.each([
    ['a user name that is not an e-mail address', { username: 'ada' }, 'username'],
    ['no date', { date: undefined }, 'date'],
    ['a missing date that became 1970', { date: '1970-01-01T00:00:00Z' }, 'date'],
    [
      'a missing dateAdded that became 1970',
      { exposureDetails: { ...details, dateAdded: '1970-01-01T01:00:00Z' } },
      'exposureDetails.dateAdded',
    ],
    ['no exposure', { exposureID: null }, 'exposureID'],
    ['an exposure too long for an id', { exposureID: 'x'.repeat(89) }, 'exposureID'],
    [
      'a broken dateAdded',
      { exposureDetails: { ...details, dateAdded: '2026-11-18' } },
      'exposureDetails.dateAdded',
    ],
  ])('finds a body with %s invalid, and adapts the others', (_, overrides, field) => {
    expect(adaptEnzoic([body(overrides), body()])).toMatchObject({
      events: [{}],
      dropped: [],
      invalid: [{ where: '0', rule: expect.stringMatching(`^${field}: `) }],
    })
  })
})
