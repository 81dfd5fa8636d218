import { describe, expect, it } from 'vitest'
import { adaptSpyCloud } from '../../../../lib/producer/adapters/spycloud.ts'

const record = (overrides: object = {}) => ({
  document_id: '7d1f0c3e-1111-4222-8333-9a0b1c2d3e4f',
  spycloud_publish_date: '2026-11-18T00:00:00Z',
  email: 'ada@customer.example',
  password: 'hunter2',
  ...overrides,
})
const eventOf = (overrides: object) => {
  const { events, dropped, invalid } = adaptSpyCloud(record(overrides))
  expect([...dropped, ...invalid]).toEqual([])
  return events[0]
}

describe('adaptSpyCloud', () => {
  it.each([
    ['the day of publication', {}, '2026-11-18T00:00:00Z'],
    [
      'the day of publication, after an infection',
      { infected_time: '2026-11-01T08:00:00Z' },
      '2026-11-18T00:00:00Z',
    ],
    [
      'an infection on the day of publication',
      { infected_time: '2026-11-18T11:30:00+02:00' },
      '2026-11-18T11:30:00+02:00',
    ],
    [
      'the day of publication, whatever a wrong clock says',
      { infected_time: '2099-01-01T00:00:00Z' },
      '2026-11-18T00:00:00Z',
    ],
    [
      'the day of publication, for an infection without a time zone',
      { infected_time: '2026-11-18 09:30:00' },
      '2026-11-18T00:00:00Z',
    ],
  ])('has as the latest capture %s', (_, overrides, latest) => {
    expect(eventOf(overrides)).toMatchObject({ time: latest, data: { exposed_at: latest } })
  })

  it.each([
    [2, 'low'],
    [5, 'medium'],
    [20, 'high'],
    [25, 'critical'],
    [7, undefined],
    ['25', undefined],
    [null, undefined],
  ])('has for the severity %j %s', (severity, expected) => {
    expect(eventOf({ severity })?.data.severity).toBe(expected)
  })

  it.each([
    ['third_party_breach', { infected_time: null, malware_family: '' }],
    ['infostealer', { infected_time: '2026-11-01T08:00:00Z' }],
    ['infostealer', { infected_machine_id: 'A1B2' }],
    ['infostealer', { malware_family: 'lumma' }],
  ])('gives the reason %s for %j', (reason, overrides) => {
    expect(eventOf(overrides)?.data.reason).toBe(reason)
  })

  it('names the breach by its source, and none if that can not be read', () => {
    expect(eventOf({ source_id: 41234 })?.data.breach).toEqual({ catalog: 'spycloud', id: '41234' })
    expect(eventOf({ source_id: 'hunter2' })).toBeDefined()
    expect(eventOf({ source_id: 'hunter2' })?.data).not.toHaveProperty('breach')
  })
})

describe('what adaptSpyCloud leaves out', () => {
  it.each([
    ['no password', { password: '', password_plaintext: null }, 'password, password_plaintext'],
    ['no e-mail', { email: undefined }, 'email'],
    ['null for an e-mail', { email: null }, 'email'],
  ])('drops a record with %s', (_, overrides, field) => {
    expect(adaptSpyCloud([record(), record(overrides)])).toMatchObject({
      events: [{}],
      dropped: [{ where: '1', rule: expect.stringMatching(`^${field}: `) }],
      invalid: [],
    })
  })

  it('takes a plaintext for a password too', () => {
    expect(eventOf({ password: undefined, password_plaintext: 'hunter2' })).toBeDefined()
  })

  it.each([
    ['a broken e-mail', { email: 'ada at customer.example' }, 'email'],
    ['no id', { document_id: undefined }, 'document_id'],
    ['an e-mail for an id', { document_id: 'ada@customer.example' }, 'document_id'],
    ['an id without room for the number of a part', { document_id: 'x'.repeat(117) }, 'document_id'],
    ['no date of publication', { spycloud_publish_date: null }, 'spycloud_publish_date'],
    [
      'a missing date of publication that became 1970',
      { spycloud_publish_date: '1970-01-01T00:00:00Z' },
      'spycloud_publish_date',
    ],
    [
      'a date of publication without a time zone',
      { spycloud_publish_date: '2026-11-18 00:00:00' },
      'spycloud_publish_date',
    ],
  ])('finds a record with %s invalid, and adapts the others of the page', (_, overrides, field) => {
    expect(adaptSpyCloud({ cursor: '', results: [record(overrides), record()] })).toMatchObject({
      events: [{ id: '7d1f0c3e-1111-4222-8333-9a0b1c2d3e4f' }],
      dropped: [],
      invalid: [{ where: 'results.0', rule: expect.stringMatching(`^${field}: `) }],
    })
  })
})
