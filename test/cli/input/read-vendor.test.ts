import { describe, expect, it } from 'vitest'
import { type Given, readVendor } from '../../../cli/input/vendor.ts'

const options = { maxMembersPerEvent: 1000, now: Date.parse('2026-11-20T12:00:00Z') }
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

const record = (overrides: object = {}) => ({
  ...{
    document_id: 'd1',
    spycloud_publish_date: '2026-11-18T00:00:00Z',
    email: 'a@x.example',
    password: 'canary',
  },
  ...overrides,
})
const spycloud = (text: string) => readVendor(text, { vendor: 'spycloud' }, options)

describe('readVendor', () => {
  it('names line and path of a record that is invalid or left out', () => {
    const text = pretty({ results: [record(), record({ email: 'canary' }), record({ password: null })] })
    const { events, faults, notes } = spycloud(text)
    expect(events).toHaveLength(1)
    expect(faults).toMatchObject([
      { line: lineOf(text, '"canary",\n      "password"'), field: 'results.1.email' },
    ])
    expect(notes).toMatchObject([
      { line: lineOf(text, 'null') - 4, field: 'results.2', text: expect.stringMatching(/^left out: /) },
    ])
    expect(JSON.stringify({ faults, notes })).not.toContain('canary')
  })

  it('names the path in a page that is one line', () => {
    const page = JSON.stringify({ results: [...Array(6).fill(record()), record({ email: 'canary' })] })
    expect(spycloud(page).faults).toMatchObject([{ line: 1, field: 'results.6.email' }])
  })

  it('reads one record on each line', () => {
    const lines = ['d1', 'd2'].map((document_id) => JSON.stringify(record({ document_id })))
    const { events, faults } = spycloud([...lines, '{"document_id": "d3', lines[0]].join('\n'))
    expect(events.map(({ id }) => id)).toEqual(['d1', 'd2'])
    expect(faults).toMatchObject([{ code: 'not_json', line: 3 }])
  })

  it('names an event that breaks the contract by its id', () => {
    const { faults } = spycloud(
      pretty([record(), record({ document_id: 'd2', spycloud_publish_date: '2026-11-21T00:00:00Z' })]),
    )
    expect(faults).toMatchObject([{ event: 'd2', field: 'time' }])
  })

  it('says whose page it is, when it is of another vendor', () => {
    const { events, faults } = readVendor(pretty({ results: [record()] }), { vendor: 'enzoic' }, options)
    expect([events, faults.map(({ rule }) => rule)]).toEqual([
      [],
      ['is what spycloud gives: read it with --from spycloud'],
    ])
  })

  it('reports more faults than an argument list holds, in little time', () => {
    const records = Array.from({ length: 130_000 }, () => 0)
    expect(spycloud(pretty([record(), ...records])).faults).toHaveLength(130_000)
  })
})

const breaches = [
  { Name: 'F', AddedDate: '2026-11-18T00:00:00Z', DataClasses: ['Passwords'], IsVerified: true },
]
const hibp = (document: unknown, search?: Given['search']) =>
  readVendor(typeof document === 'string' ? document : pretty(document), { vendor: 'hibp', search }, options)

describe("readVendor, of Have I Been Pwned's answers", () => {
  const search = { domain: 'x.example', breaches }
  const wrapped = { domain: 'x.example', breached_domain: { ada: ['F'], lin: ['F'] }, breaches }

  it('makes of the answer to a domain search what the document with everything in it makes', () => {
    expect(hibp(wrapped.breached_domain, search).events).toEqual(hibp(wrapped).events)
    expect(hibp(wrapped).events).toMatchObject([
      { data: { members: [{ email_address: 'ada@x.example' }, { email_address: 'lin@x.example' }] } },
    ])
  })

  it('finds an alias by its place, and does not show it', () => {
    const text = pretty({ ada: ['F'], canary: ['F', 'G'], 10: ['F'] })
    const { events, faults } = hibp(text, search)
    expect(events[0]?.data.members).toHaveLength(3)
    expect(faults).toMatchObject([{ line: lineOf(text, '"G"'), field: '2.1 → breach' }])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  it('counts the places of aliases as Object.keys does, which has numbers first', () => {
    const text = pretty({ ...wrapped, breached_domain: { canary: ['F', 'G'] } }).replace(
      '"canary"',
      '"ada": ["F"],\n    "10": ["F"],\n    "canary"',
    )
    expect(hibp(text).faults).toMatchObject([
      { line: lineOf(text, '"G"'), field: 'breached_domain.2.1 → breach' },
    ])
  })

  it.each([
    [
      'an answer without its domain and models',
      wrapped.breached_domain,
      undefined,
      /: read it with --from hibp, --domain/,
    ],
    ['a document that has both, given again', wrapped, search, /: leave out --domain and --breaches$/],
  ])('explains %s', (_, document, search, rule) => {
    const { events, faults } = hibp(document, search)
    expect([events, faults.length]).toEqual([[], 1])
    expect(faults[0]?.rule).toMatch(rule)
  })
})
