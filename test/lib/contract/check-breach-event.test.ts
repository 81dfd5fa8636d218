import { describe, expect, it } from 'vitest'
import { checkBreachEvent } from '../../../lib/contract/check-breach-event.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const CANARY = 'canary.person@secret.example'

describe('checkBreachEvent', () => {
  it('accepts the smallest event the contract allows', () => {
    expect(checkBreachEvent(breachEvent(), NOW)).toMatchObject({ kind: 'event' })
  })

  it('accepts every field the contract names', () => {
    const event = breachEvent({
      expirytime: '2026-12-01T00:00:00+02:00',
      correlationid: 'INC-4711',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      fence: '2026-11-20T10:00:00.000Z',
      data: {
        severity: 'critical',
        exposed_at: '2026-11-19',
        breach: { catalog: 'hibp', id: 'ExampleForum2026', title: 'Example forum' },
        mode: 'dry_run',
      },
    })
    expect(checkBreachEvent(event, NOW)).toEqual({ kind: 'event', event })
  })

  it('drops unknown keys, __proto__ among them', () => {
    const withExtras = JSON.parse(
      JSON.stringify(breachEvent()).replace('{', '{"__proto__":{"a":1},"password":"x",'),
    )
    const checked = checkBreachEvent(withExtras, NOW)
    expect(checked).toEqual({ kind: 'event', event: breachEvent() })
    expect(({} as { a?: number }).a).toBeUndefined()
  })

  it.each([
    ['an array', [], 'not_a_breach_event'],
    ['a string', CANARY, 'not_a_breach_event'],
    ['null', null, 'not_a_breach_event'],
    ['an S3 test notification', { Service: 'Amazon S3', Event: 's3:TestEvent' }, 'not_a_breach_event'],
    ['an object of another kind', { email: CANARY }, 'not_a_breach_event'],
    ['another version of CloudEvents', breachEvent({ specversion: '0.3' }), 'unsupported_type'],
    ['another type', breachEvent({ type: 'breach-reset.credential-compromise.v2' }), 'unsupported_type'],
  ])('refuses %s', (_, value, code) => {
    const checked = checkBreachEvent(value, NOW)
    expect(checked).toMatchObject({ kind: 'rejected', rejection: { code } })
    expect(JSON.stringify(checked)).not.toContain('canary')
  })

  it.each([
    ['source', { source: `mailto:${CANARY}` }],
    ['source', { source: '' }],
    ['source', { source: 'urn:x:canary%40secret.example' }],
    ['id', { id: 'x'.repeat(129) }],
    ['id', { id: CANARY }],
    ['id', { id: 7 }],
    ['time', { time: 'yesterday' }],
    ['time', { time: '2026-11-20T10:00:00' }],
    ['time', { time: '0000-01-01T00:00:00+14:00' }],
    ['expirytime', { expirytime: CANARY }],
    ['correlationid', { correlationid: CANARY }],
    ['traceparent', { traceparent: CANARY }],
    ['data.reason', { data: { reason: CANARY } }],
    ['data.severity', { data: { severity: 'apocalyptic' } }],
    ['data.exposed_at', { data: { exposed_at: CANARY } }],
    ['data.exposed_at', { data: { exposed_at: '2026-02-30' } }],
    ['data.breach.catalog', { data: { breach: { id: CANARY } } }],
    ['data.mode', { data: { mode: 'really_enforce' } }],
    ['data.members', { data: { members: [] } }],
    ['data.members', { data: { members: CANARY } }],
    ['data.members', { data: { members: Array(10_001).fill({ email_address: CANARY }) } }],
  ] as [string, Parameters<typeof breachEvent>[0]][])(
    'names the field %s and never its value',
    (path, overrides) => {
      const event = breachEvent(overrides)
      const checked = checkBreachEvent(event, NOW)
      expect(checked).toMatchObject({ kind: 'rejected', rejection: { code: 'invalid_event' } })
      const detail = checked.kind === 'rejected' ? checked.rejection.detail : ''
      expect(detail).toMatch(new RegExp(`^${path}: .+`))
      expect(detail).not.toContain('canary')
    },
  )

  it('refuses a date before 1970, whose fence no dead letter could bring back', () => {
    const checked = (exposed_at: string) => checkBreachEvent(breachEvent({ data: { exposed_at } }), NOW)
    const detail = 'data.exposed_at: must not be before 1970'
    expect(checked('1969-12-31')).toEqual({ kind: 'rejected', rejection: { code: 'invalid_event', detail } })
    expect(checked('1970-01-01')).toMatchObject({ kind: 'event' })
  })

  it('refuses data that is no object', () => {
    expect(checkBreachEvent({ ...breachEvent(), data: CANARY }, NOW)).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'invalid_event', detail: 'data: must be an object' },
    })
  })

  it.each([
    ['time', breachEvent({ time: '2026-11-20T12:05:01Z' })],
    ['data.exposed_at', breachEvent({ data: { exposed_at: '2026-11-20T12:05:01Z' } })],
    ['data.exposed_at', breachEvent({ data: { exposed_at: '2026-11-21' } })],
  ])('refuses a %s more than five minutes ahead', (path, event) => {
    expect(checkBreachEvent(event, NOW)).toEqual({
      kind: 'rejected',
      rejection: { code: 'in_future', detail: `${path}: must not be more than 5 minutes ahead` },
    })
  })

  it('accepts a clock five minutes ahead, and the date of today', () => {
    const event = breachEvent({ time: '2026-11-20T12:05:00Z', data: { exposed_at: '2026-11-20' } })
    expect(checkBreachEvent(event, NOW)).toMatchObject({ kind: 'event' })
  })

  it('leaves bad members to the check of each member', () => {
    const members = [{ email_address: 'ada@customer.example' }, 'rubbish', null]
    expect(checkBreachEvent(breachEvent({ data: { members } }), NOW)).toMatchObject({ kind: 'event' })
  })
})
