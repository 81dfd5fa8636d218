import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BreachEventSchema, type Member, MemberSchema } from '../../../lib/contract/breach-event.ts'
import { EMAIL_PATTERNS, toSchemaFiles } from '../../../lib/contract/json-schema.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { eventValue } from '../../fuzz/events.ts'
import { mutated } from '../../fuzz/hostile.ts'

const file = readFileSync(new URL('../../../docs/breach-event.v1.schema.json', import.meta.url), 'utf8')
const takenByFile = new Ajv2020({ strictSchema: true, allErrors: false }).compile(JSON.parse(file))
const takenByCode = (value: unknown) => BreachEventSchema.safeParse(value).success

const withEmail = (email_address: unknown) => breachEvent({ data: { members: [{ email_address }] } })
const withExposure = (exposed_at: unknown) => breachEvent({ data: { exposed_at } })
const withBreach = (breach: unknown) => breachEvent({ data: { breach } })
const withIds = (ids: object) =>
  breachEvent({ data: { members: [{ email_address: 'a@b.example', ...ids }] } })
const UNASSIGNED = /[\p{Cn}\p{Cs}]/u

it.each(Object.entries(toSchemaFiles()))('%s is what npm run schema makes of the contract', (name, text) => {
  expect(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')).toBe(text)
})

it('docs/breach-event.v1.schema.json has the patterns of an address that are tested here', () => {
  expect(JSON.parse(file).properties.data.properties.members.items.properties.email_address.allOf).toEqual(
    EMAIL_PATTERNS.map((pattern) => ({ pattern })),
  )
})

describe('the published schema', () => {
  it.each([
    ['the smallest event', breachEvent()],
    ['unknown keys', { ...breachEvent({ data: { password: 'x' } }), extension: 1 }],
    ['the longest id', breachEvent({ id: 'x'.repeat(128) })],
    ['a leap day', breachEvent({ time: '2028-02-29T23:59:59.123456789+14:00' })],
    ['a time of 64 characters', breachEvent({ time: `2026-11-20T10:00:00.${'1'.repeat(43)}Z` })],
    ['a date', withExposure('1970-01-01')],
    ['the first timestamp', withExposure('1970-01-01T00:00:00+23:59')],
    [
      'text of 512 characters beyond the first plane',
      withBreach({ catalog: '', id: '', title: '😀'.repeat(512) }),
    ],
    ['an address of 320 characters', withEmail(` ${'𐐨'.repeat(318)}@b\n`)],
    ['null in optional fields', breachEvent({ correlationid: null, data: { breach: null, mode: null } })],
    ['null as an id', withIds({ organization_id: null, member_id: null })],
    ['letters of other scripts', withEmail('юля@почта.example')],
    ...['ada@二〇二〇.jp', 'ada@paral·lel.cat', 'ada@テスト・例.jp', '\u00a0ada@x.example\ufeff'].map(
      (email): [string, unknown] => [email, withEmail(email)],
    ),
    ['10,000 members', breachEvent({ data: { members: Array(10_000).fill({ email_address: 'a@b' }) } })],
  ])('takes %s, as the code does', (_, value) => {
    expect([takenByCode(value), takenByFile(value)]).toEqual([true, true])
  })
})

describe('the published schema refuses', () => {
  it.each([
    ['an array', [breachEvent()]],
    ['another version', breachEvent({ specversion: '1.0.1' })],
    ['a number as a version', breachEvent({ specversion: 1 })],
    ['another type', breachEvent({ type: 'breach-reset.credential-compromise.v2' })],
    ['no source', breachEvent({ source: undefined })],
    ['an id of 129 characters', breachEvent({ id: 'x'.repeat(129) })],
    ['an e-mail as an id', breachEvent({ id: 'ada@customer.example' })],
    ['a space in an id', breachEvent({ id: 'a b' })],
    ['an empty id', breachEvent({ id: '' })],
    ['null in a required field', breachEvent({ id: null })],
    ['a time without a zone', breachEvent({ time: '2026-11-20T10:00:00' })],
    ['a time of 65 characters', breachEvent({ time: `2026-11-20T10:00:00.${'1'.repeat(44)}Z` })],
    ['a time without seconds', breachEvent({ time: '2026-11-20T10:00Z' })],
    ['a small t', breachEvent({ time: '2026-11-20t10:00:00Z' })],
    ['a space for the T', breachEvent({ time: '2026-11-20 10:00:00Z' })],
    ['a leap second', breachEvent({ time: '2026-12-31T23:59:60Z' })],
    ['hour 24', breachEvent({ time: '2026-11-20T24:00:00Z' })],
    ['a zone without a colon', breachEvent({ time: '2026-11-20T10:00:00+0100' })],
    ['seconds since 1970', breachEvent({ time: 1_795_400_000 })],
    ['a date as time', breachEvent({ time: '2026-11-20' })],
    ['the 29th of February 2027', withExposure('2027-02-29')],
    ['a date before 1970', withExposure('1969-12-31')],
    ['a timestamp before 1970', withExposure('1969-12-31T23:59:59Z')],
    [
      'an upper-case traceparent',
      breachEvent({ traceparent: '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01' }),
    ],
    ['another reason', breachEvent({ data: { reason: 'breach' } })],
    ['another mode', breachEvent({ data: { mode: 'enforced' } })],
    ['a breach without an id', withBreach({ catalog: 'hibp' })],
    ['a title of 513 characters', withBreach({ catalog: '', id: '', title: '😀'.repeat(513) })],
    ['no members', breachEvent({ data: { members: [] } })],
    ['10,001 members', breachEvent({ data: { members: Array(10_001).fill({ email_address: 'a@b' }) } })],
    ['a text as a member', breachEvent({ data: { members: ['ada@customer.example'] } })],
    ['two @', withEmail('a@b@c')],
    ...['<a@b>', 'mailto:a@b', '“a@b”', '"a"@b', 'a@b;', 'a@b.', 'a@.b', 'a@b..c', 'a@[b]', 'a\\@b'].map(
      (email): [string, unknown] => [email, withEmail(email)],
    ),
    ['nothing before the @', withEmail('@b')],
    ['a space inside an address', withEmail('a b@c')],
    ['thousands of spaces', withEmail(`${' '.repeat(3000)}€`)],
    ['a wide space inside an address', withEmail('a@b\u3000c')],
    ["a domain's dot before the @", withEmail('a·b@c')],
    ['an invisible character', withEmail('a\u200b@b')],
    ['an address of 321 characters', withEmail(`${'x'.repeat(319)}@b`)],
    ['an e-mail as an organization', withIds({ organization_id: 'ada@customer.example' })],
    ['an empty member id', withIds({ member_id: '' })],
  ])('%s, as the code does', (_, value) => {
    const json = JSON.parse(JSON.stringify(value))
    expect([takenByCode(json), takenByFile(json)]).toEqual([false, false])
  })
})

describe('the published schema', () => {
  // The field alone: a million whole events take half a minute.
  it('agrees with the code on every character in an address except unassigned ones', () => {
    const field = MemberSchema.shape.email_address
    const patterns = EMAIL_PATTERNS.map((pattern) => new RegExp(pattern, 'u'))
    const differing: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      if (UNASSIGNED.test(character)) continue
      const inDomain = code < 0x3100 ? [`a@b${character}b`] : []
      for (const address of [`a${character}a@b`, ...inDomain]) {
        const isTakenByFile = patterns.every((pattern) => pattern.test(address))
        if (field.safeParse(address).success !== isTakenByFile) differing.push(character)
      }
    }
    expect(differing).toEqual([])
  })

  it('agrees with the code on events with anything wrong in them', () => {
    fc.assert(
      fc.property(mutated(eventValue), (value) => {
        const json = JSON.parse(JSON.stringify(value) ?? 'null')
        const [code, schema] = [takenByCode(json), takenByFile(json)]
        if (code === schema) return
        const addresses = json.data.members.map(({ email_address }: Member) => email_address)
        expect([code, addresses.some((address: string) => UNASSIGNED.test(address))]).toEqual([false, true])
      }),
      { numRuns: 2000 },
    )
  })
})
