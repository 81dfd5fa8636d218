import { describe, expect, it } from 'vitest'
import { readVendor } from '../../../cli/input/vendor.ts'

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
const spycloud = (text: string) => readVendor(text, 'spycloud', options)

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

  it('reports more faults than an argument list holds, in little time', () => {
    const records = Array.from({ length: 130_000 }, () => ({}))
    expect(spycloud(pretty(records)).faults).toHaveLength(130_000)
  })
})

describe("readVendor, of Have I Been Pwned's answers", () => {
  it('finds an alias by its place, as Object.keys counts, which has numbers first, and does not show it', () => {
    const breaches = [
      { Name: 'F', AddedDate: '2026-11-18T00:00:00Z', DataClasses: ['Passwords'], IsVerified: true },
    ]
    const document = { domain: 'x.example', breached_domain: { canary: ['F', 'G'] }, breaches }
    const text = pretty(document).replace('"canary"', '"ada": ["F"],\n    "10": ["F"],\n    "canary"')
    const { events, faults } = readVendor(text, 'hibp', options)
    expect(events[0]?.data.members).toHaveLength(3)
    expect(faults).toMatchObject([{ line: lineOf(text, '"G"'), field: 'breached_domain.2.1 → breach' }])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })
})
