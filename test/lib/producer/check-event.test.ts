import { describe, expect, it } from 'vitest'
import { checkEvent } from '../../../lib/producer/check-event.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')

describe('checkEvent', () => {
  it('returns a good event without its unknown keys', () => {
    const members = [{ email_address: ' ada@customer.example', password: 'hunter2' }]
    const value = { ...breachEvent({ data: { members, stolen: 'hunter2' } }), secret: 'hunter2' }
    const { event, problems } = checkEvent(value, NOW)
    expect(problems).toEqual([])
    expect(event).toEqual(breachEvent({ data: { members: [{ email_address: 'ada@customer.example' }] } }))
  })

  it('names every field that breaks a rule, and no value', () => {
    const value = breachEvent({
      time: 'canary',
      id: 'canary@x',
      data: { reason: 'canary', exposed_at: 'canary' },
    })
    const { event, problems } = checkEvent(value, NOW)
    expect(event).toBeUndefined()
    expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'invalid_event id',
      'invalid_event time',
      'invalid_event data.reason',
      'invalid_event data.exposed_at',
    ])
    expect(JSON.stringify(problems)).not.toContain('canary')
  })

  it.each([
    ['not_a_breach_event', 'body', 'a text'],
    ['not_a_breach_event', 'specversion, type', { data: { members: 5 } }],
    ['unsupported_type', 'type', { ...breachEvent(), type: 'another' }],
    ['in_future', 'time', breachEvent({ time: '2026-11-20T12:05:01Z' })],
  ])('says %s with the field %s', (code, field, value) => {
    expect(checkEvent(value, NOW)).toMatchObject({ problems: [{ code, field }] })
  })

  it('keeps the good members next to the bad ones', () => {
    const good = { email_address: 'ada@customer.example' }
    const bad = { email_address: 'canary', member_id: 'canary@x' }
    const { event, problems } = checkEvent(breachEvent({ data: { members: [good, bad, 'canary'] } }), NOW)
    expect(event?.data.members).toEqual([good])
    expect(problems.map(({ field }) => field)).toEqual([
      'data.members.1.email_address',
      'data.members.1.member_id',
      'data.members.2',
    ])
    expect(JSON.stringify(problems)).not.toContain('canary')
  })

  it('says that an event has expired, as fan-out would', () => {
    const { event, problems } = checkEvent(breachEvent({ expirytime: '2026-11-20T11:59:59Z' }), NOW)
    expect(event).toBeUndefined()
    expect(problems).toMatchObject([{ code: 'expired', field: 'expirytime' }])
  })
})

describe('checkEvent on unknown keys and on lists', () => {
  it.each([
    ['mode', 'data.mode', { ...breachEvent(), mode: 'dry_run' }],
    ['dry_run', 'data.mode', { ...breachEvent(), dry_run: true }],
    ['data.dryRun', 'data.mode', breachEvent({ data: { dryRun: true } })],
    ['data.exposedAt', 'data.exposed_at', breachEvent({ data: { exposedAt: '2026-11-18' } })],
    ['data.expirytime', 'expirytime', breachEvent({ data: { expirytime: '2026-11-30T00:00:00Z' } })],
    [
      'data.breach.mode',
      'data.mode',
      breachEvent({ data: { breach: { catalog: 'c', id: 'i', mode: 'dry_run' } } }),
    ],
    ['expiryTime', 'expirytime', { ...breachEvent(), expiryTime: '2026-11-30T00:00:00Z' }],
    [
      'data.members.0.exposed_at',
      'data.exposed_at',
      breachEvent({ data: { members: [{ email_address: 'a@x.example', exposed_at: '2026-11-18' }] } }),
    ],
  ])('refuses %s, which would be dropped, and with it what %s says', (field, place, value) => {
    expect(checkEvent(value, NOW)).toEqual({
      problems: [{ code: 'misplaced_limit', field, rule: `must be ${place}, or it has no effect` }],
    })
  })

  it('names a misplaced limit before an expirytime that has passed, as fan-out does', () => {
    const value = { ...breachEvent({ expirytime: '2020-01-01T00:00:00Z' }), mode: 'dry_run' }
    expect(checkEvent(value, NOW).problems).toMatchObject([{ code: 'misplaced_limit', field: 'mode' }])
  })

  it('lets any other unknown key be, whatever it is called', () => {
    const value = breachEvent({ data: { constructor: 1, 'mode canary@x': 1, dataset: 1 } })
    expect(checkEvent(value, NOW).problems).toEqual([])
  })

  it('takes a limit that is undefined for none', () => {
    expect(checkEvent({ ...breachEvent(), mode: undefined }, NOW).problems).toEqual([])
  })

  it('has no event to send when no member is good', () => {
    expect(checkEvent(breachEvent({ data: { members: [{}] } }), NOW).event).toBeUndefined()
  })

  it('takes more members than an event may have', () => {
    const members = Array.from({ length: 25_000 }, (_, index) => ({
      email_address: `m${index}@customer.example`,
    }))
    const { event, problems } = checkEvent(breachEvent({ data: { members } }), NOW)
    expect(problems).toEqual([])
    expect(event?.data.members).toEqual(members)
  })
})
