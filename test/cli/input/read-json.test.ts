import { describe, expect, it } from 'vitest'
import { readJson, readVendor, splitDocuments } from '../../../cli/input/json.ts'
import { adapters } from '../../../lib/producer/adapters/adapters.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const options = { maxMembersPerEvent: 1000, now: NOW }
const read = (text: string) => readJson(text, options)
const faultsOf = (text: string) => read(text).faults.map(({ line, field }) => `${line} ${field}`)
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

describe('readJson', () => {
  it('reads an event, and leaves out what the contract does not know', () => {
    const { events, faults } = read(`\ufeff${pretty({ ...breachEvent(), password: 'hunter2' })}\n`)
    expect(faults).toEqual([])
    expect(events).toEqual([breachEvent()])
  })

  it('reads one event on each line', () => {
    const lines = ['a', 'b'].map((id) => JSON.stringify(breachEvent({ id })))
    expect(read(`${lines.join('\r\n\r\n')}\r\n`).events.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('cuts an event of more members than the contract allows', () => {
    const members = Array.from({ length: 12_345 }, (_, index) => ({ email_address: `m${index}@x.example` }))
    const { events, faults } = read(JSON.stringify(breachEvent({ data: { members } })))
    expect(faults).toEqual([])
    expect(events).toHaveLength(13)
    expect(events.flatMap(({ data }) => data.members)).toEqual(members)
  })

  it('reads a list of events, and names the lines in it', () => {
    const text = pretty([breachEvent({ id: 'a' }), breachEvent({ id: 'b', time: 'canary' }), 7])
    const { events, faults } = read(text)
    expect(events.map(({ id }) => id)).toEqual(['a'])
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [lineOf(text, '"canary"'), 'time'],
      [lineOf(text, '  7'), 'body'],
    ])
  })

  it('takes an event out of its envelope', () => {
    expect(
      read(JSON.stringify({ Type: 'Notification', Message: JSON.stringify(breachEvent()) })).events,
    ).toEqual([breachEvent()])
  })

  it('names the line of each field that breaks a rule, and of the parent of one that is missing', () => {
    const members = [{ email_address: 'a@x.example' }, { email_address: 'canary' }, { member_id: 'm1' }]
    const text = pretty(breachEvent({ time: 'canary', data: { members, reason: undefined } }))
    expect(faultsOf(text)).toEqual([
      `${lineOf(text, '"canary"')} time`,
      `${lineOf(text, '"data"')} data.reason`,
    ])
    const later = pretty(breachEvent({ data: { members } }))
    expect(faultsOf(later)).toEqual([
      `${lineOf(later, '"canary"')} data.members.1.email_address`,
      `${lineOf(later, '"m1"') - 1} data.members.2.email_address`,
    ])
  })

  it('names the line of NDJSON, and reads the others', () => {
    const good = JSON.stringify(breachEvent())
    const { events, faults } = read([good, '{"canary": }', '{}', good].join('\n'))
    expect(events).toHaveLength(2)
    expect(faults.map(({ line, code, field }) => [line, code, field])).toEqual([
      [2, 'not_json', 'body'],
      [3, 'not_a_breach_event', 'specversion, type'],
    ])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  it('names the line on which a text stops being JSON', () => {
    const text = pretty(breachEvent()).replace('"id":', '"id"')
    expect(faultsOf(text)).toEqual([`${lineOf(text, '"id"')} body`])
  })
})

const record = (overrides: object = {}) => ({
  ...{
    document_id: 'd1',
    spycloud_publish_date: '2026-11-18T00:00:00Z',
    email: 'a@x.example',
    password: 'canary',
  },
  ...overrides,
})
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

  it('reports more faults than an argument list holds, in little time', () => {
    const records = Array.from({ length: 130_000 }, () => ({}))
    expect(spycloud(pretty(records)).faults).toHaveLength(130_000)
  })
})

describe('splitDocuments', () => {
  it.each([
    ['one on a line', '{"a":1}'],
    ['an object over lines', '{\n  "a": [\n    { "b": 1 },\n    { "c": 1 }\n  ]\n}\n'],
    ['an object without indents', '{\n"a": [\n{ "b": 1 },\n{ "c": 1 }\n]\n}\n'],
    ['a list with an object on each line', '[\n{"a":1},\n{"b":2}\n]'],
    ['a broken object over lines', '{\n  "a" [\n    { "b": 1 }\n  ]\n}\n'],
  ])('keeps %s whole', (_, text) => {
    expect(splitDocuments(text)).toEqual([{ text, line: 1 }])
  })

  it.each([
    ['NDJSON', '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}\r']],
    ['NDJSON with a broken first line', '{"a":\n{"b":2}', ['{"a":', '{"b":2}']],
    ['lists on lines, behind a byte order mark', '\ufeff[1]\n[2]', ['[1]', '[2]']],
  ])('splits %s', (_, input, texts) => {
    expect(splitDocuments(input).map(({ text }) => text)).toEqual(texts)
  })
})
