import { describe, expect, it } from 'vitest'
import { readVendor } from '../../../cli/input/json.ts'
import { adapters } from '../../../lib/producer/adapters/adapters.ts'

const options = { maxMembersPerEvent: 1000, now: Date.parse('2026-11-20T12:00:00Z') }
const record = (overrides: object = {}) => ({
  ...{
    document_id: 'd1',
    spycloud_publish_date: '2026-11-18T00:00:00Z',
    email: 'a@x.example',
    password: 'canary',
  },
  ...overrides,
})
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length
const spycloud = (text: string) => readVendor(text, adapters.spycloud, options)

describe('readVendor', () => {
  it('names the line of a record that is invalid or left out', () => {
    const text = pretty({ results: [record(), record({ email: 'canary' }), record({ password: null })] })
    const { events, faults, notes } = spycloud(text)
    expect(events).toHaveLength(1)
    expect(faults).toMatchObject([{ line: lineOf(text, '"canary",\n      "password"') - 3, field: 'email' }])
    expect(notes).toMatchObject([
      { line: lineOf(text, 'null') - 4, text: expect.stringMatching(/^left out: /) },
    ])
    expect(JSON.stringify({ faults, notes })).not.toContain('canary')
  })

  it('names an event that breaks the contract by its id', () => {
    const { faults } = spycloud(
      pretty([record(), record({ document_id: 'd2', spycloud_publish_date: '2026-11-21T00:00:00Z' })]),
    )
    expect(faults).toMatchObject([{ event: 'd2', field: 'time' }])
  })

  it('finds an alias of Have I Been Pwned by its place, and does not show it', () => {
    const breaches = [
      { Name: 'F', AddedDate: '2026-11-18T00:00:00Z', DataClasses: ['Passwords'], IsVerified: true },
    ]
    const document = {
      domain: 'x.example',
      breached_domain: { ada: ['F'], canary: ['F', 'G'], 10: ['F'] },
      breaches,
    }
    const text = pretty(document)
      .replace(/^ {4}"10": \[\n.*\n {4}\],\n/m, '')
      .replace('"canary"', '"10": ["F"],\n    "canary"')
    const { events, faults } = readVendor(text, adapters.hibp, options)
    expect(events[0]?.data.members).toHaveLength(3)
    expect(faults).toMatchObject([{ line: lineOf(text, '"G"') }])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  it('reads more events than an argument list holds, in little time', () => {
    const records = Array.from({ length: 150_000 }, (_, index) =>
      record({ document_id: `d${index}`, email: index % 2 ? 'bad' : 'a@x.example' }),
    )
    const { events, faults } = spycloud(pretty(records))
    expect([events.length, faults.length]).toEqual([75_000, 75_000])
  })
})
