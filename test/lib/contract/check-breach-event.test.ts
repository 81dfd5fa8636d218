import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { checkBreachEvent, checkMembers, ruleOf } from '../../../lib/contract/check-breach-event.ts'
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
    ['time', { time: `2026-11-20T10:00:00.${'1'.repeat(1_000_000)}Z` }],
    ['fence', { fence: `2026-11-20T10:00:00.${'1'.repeat(45)}Z` }],
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

  it.each([
    ['time', breachEvent({ time: '1970-01-07T23:59:59Z' })],
    ['data.exposed_at', breachEvent({ data: { exposed_at: '1970-01-01' } })],
    ['data.exposed_at', breachEvent({ data: { exposed_at: '1970-01-01T01:00:00+01:00' } })],
    ['data.exposed_at', breachEvent({ data: { exposed_at: '1970-01-08T01:00:00+14:00' } })],
  ])('refuses a %s in the first week of 1970, which is a missing date', (path, event) => {
    expect(checkBreachEvent(event, NOW)).toEqual({
      kind: 'rejected',
      rejection: {
        code: 'implausible',
        detail: `${path}: must not be in the first week of 1970, as a missing date is`,
      },
    })
  })

  it('accepts the first moments after that week', () => {
    const time = '1970-01-08T00:00:00Z'
    expect(checkBreachEvent(breachEvent({ time, data: { exposed_at: '1970-01-08' } }), NOW).kind).toBe(
      'event',
    )
  })

  it('takes null in an optional field for a field that is left out, and does not pass it on', () => {
    const nothing = { expirytime: null, correlationid: null, traceparent: null, fence: null }
    const event = breachEvent({
      ...nothing,
      data: { severity: null, exposed_at: null, mode: null, breach: { catalog: 'c', id: 'i', title: null } },
    })
    const checked = checkBreachEvent(event, NOW)
    expect(checked.kind).toBe('event')
    expect(JSON.stringify(checked)).not.toContain('null')
    expect(checkBreachEvent(breachEvent({ data: { breach: null } }), NOW)).toEqual({
      kind: 'event',
      event: breachEvent(),
    })
  })

  it.each(['specversion', 'type', 'source', 'id', 'time', 'data'])('refuses null in %s', (field) => {
    expect(checkBreachEvent({ ...breachEvent(), [field]: null }, NOW).kind).toBe('rejected')
  })

  it('refuses data that is not an object', () => {
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

describe('the texts of an event', () => {
  it('are all bounded, because each message that is made of the event repeats them', () => {
    const long = 'x'.repeat(1_000_000)
    const digits = `2026-11-20T10:00:00.${'1'.repeat(1_000_000)}Z`
    const fields = ['source', 'id', 'correlationid', 'traceparent'].map((field) => ({ [field]: long }))
    const moments = ['time', 'expirytime', 'fence'].map((field) => ({ [field]: digits }))
    const breaches = ['catalog', 'id', 'title'].map((name) => ({ catalog: 'c', id: 'i', [name]: long }))
    const inData = [...breaches.map((breach) => ({ breach })), { exposed_at: digits }, { mode: long }]
    for (const overrides of [...fields, ...moments, ...inData.map((data) => ({ data }))])
      expect(checkBreachEvent(breachEvent(overrides), NOW).kind).toBe('rejected')
  })
})

describe('checkMembers', () => {
  it.each([
    ['a plain address', { email_address: 'ada@customer.example' }],
    ['an address in another script', { email_address: 'юля@почта.example' }],
    ['a script with combining marks', { email_address: 'नीता@ईमेल.example' }],
    ['every sign of RFC 5322', { email_address: "a!#$%&'*+-/=?^_`{|}~.0@x-1.example" }],
    ["a spreadsheet's guard, which is a sign of RFC 5322", { email_address: "'ana@x.example" }],
    ['dots where mail servers of old allow them', { email_address: '.a..b.@x.example' }],
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

  it('takes null in the ids for ids that are left out', () => {
    const row = { email_address: 'ada@customer.example', organization_id: null, member_id: null }
    const { members } = checkMembers([row])
    expect(JSON.stringify(members)).toBe('[{"index":0,"member":{"email_address":"ada@customer.example"}}]')
  })

  it.each([
    ['no address', {}, 'email_address'],
    ['null as the address', { email_address: null }, 'email_address'],
    ['no object', 'ada@customer.example', ''],
    ['null', null, ''],
    ['an address of the wrong type', { email_address: { evil: 'canary@x.example' } }, 'email_address'],
    ['an address without @', { email_address: 'canary' }, 'email_address'],
    ['an address in angle brackets', { email_address: '<canary@x.example>' }, 'email_address'],
    ['a link', { email_address: 'mailto:canary@x.example' }, 'email_address'],
    ['straight quotes', { email_address: '"canary@x.example"' }, 'email_address'],
    ['curly quotes', { email_address: '“canary@x.example”' }, 'email_address'],
    ['a semicolon after it', { email_address: 'canary@x.example;' }, 'email_address'],
    ['a full stop after it', { email_address: 'canary@x.example.' }, 'email_address'],
    ['a domain with two dots', { email_address: 'canary@x..example' }, 'email_address'],
    ['an IP address as a domain', { email_address: 'canary@[192.0.2.1]' }, 'email_address'],
    ['a comment', { email_address: 'canary(x)@x.example' }, 'email_address'],
    ['an underscore in the domain', { email_address: 'canary@x_y.example' }, 'email_address'],
    ['an emoji', { email_address: 'canary😀@x.example' }, 'email_address'],
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

const rulesOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues.map(ruleOf)

describe('ruleOf', () => {
  it.each([
    ['must be given', z.string(), undefined],
    ['must be a text', z.string(), 7],
    ['must be a list', z.array(z.string()), null],
    ['must be an object', z.object({}), 'canary'],
    ['must be one of a, b', z.enum(['a', 'b']), 'canary'],
    ['must not be empty', z.string().min(1), ''],
    ['must have at least one member', z.array(z.string()).min(1), []],
    ['must have at most 3 characters', z.string().max(3), 'canary'],
    ['must have at most 1 members', z.array(z.string()).max(1), ['a', 'canary']],
  ])("says %j for zod's words", (rule, schema, value) => {
    const rules = rulesOf(schema, value)
    expect(rules).toEqual([rule])
    expect(JSON.stringify(rules)).not.toMatch(/canary|received/)
  })

  it('leaves the words of a schema as they are', () => {
    expect(rulesOf(z.int({ error: 'must be Unix seconds' }).max(5, 'must be Unix seconds'), 7)).toEqual([
      'must be Unix seconds',
    ])
    expect(rulesOf(z.object({}, { error: 'must be among them' }), undefined)).toEqual(['must be among them'])
  })
})
