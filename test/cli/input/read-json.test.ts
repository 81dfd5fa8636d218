import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readJson } from '../../../cli/input/json.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fromSns } from '../../fixtures/from-sns.ts'

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
      [lineOf(text, '"canary"'), '1.time'],
      [lineOf(text, '  7'), '2.body'],
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
    const [a, b] = ['a', 'b'].map((id) => JSON.stringify(breachEvent({ id })))
    const { events, faults } = read([a, '{"canary": }', '{}', b].join('\n'))
    expect(events.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(faults).toMatchObject([
      { line: 2, lastLine: 2, code: 'not_json', field: 'body', rule: 'is not JSON: line 2, column 12' },
      { line: 3, code: 'not_a_breach_event', field: 'specversion, type' },
    ])
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  it('names line and column where a text stops being JSON, and the lines that are not read', () => {
    const broken = pretty(breachEvent()).replace('"id":', '"id"')
    const text = `${pretty(breachEvent())}\n  ${broken}`
    const line = lineOf(text, '"id" ')
    const [first, last] = [lineOf(text, '\n  {') + 1, text.split('\n').length]
    expect(read(text)).toMatchObject({
      events: [breachEvent()],
      faults: [{ line: first, lastLine: last, rule: `is not JSON: line ${line}, column 8` }],
    })
  })

  it.each([
    ['indented NDJSON', (events: string[]) => events.map((event) => `  ${event}`).join('\n')],
    [
      'objects over several lines',
      (events: string[]) => events.map((event) => pretty(JSON.parse(event))).join('\n'),
    ],
    ['a list of envelopes', (events: string[]) => pretty(events.map(fromSns))],
  ])('reads %s', (_, toText) => {
    const events = ['a', 'b'].map((id) => breachEvent({ id }))
    const read = readJson(toText(events.map((event) => JSON.stringify(event))), options)
    expect([read.events, read.faults]).toEqual([events, []])
  })
})

describe('what readJson says of envelopes', () => {
  const eventBridge = (beside: object, detail: object) => ({
    ...{ 'detail-type': breachEvent().type, id: 'i', source: 's', time: '2026-11-20T10:00:00Z', detail },
    ...beside,
  })
  const sns = (beside: object, event: object) => ({ ...fromSns(JSON.stringify(event)), ...beside })
  const bus = (beside: object, event: object) => ({ Metadata: {}, Data: event, ...beside })
  const wholeEvent = breachEvent({ data: { exposed_at: '2026-11-19' } })
  const dry = { mode: 'dry_run' }
  const expired = { expirytime: '2026-11-20T00:00:00Z' }

  it.each([
    ['beside detail', eventBridge(dry, wholeEvent.data), 'mode', 'detail.mode'],
    ['beside an event in detail', eventBridge(dry, wholeEvent), 'mode', 'detail.data.mode'],
    ['beside Message', sns(expired, wholeEvent), 'expirytime', 'Message → expirytime'],
    ['beside Data', bus(dry, wholeEvent), 'mode', 'Data.data.mode'],
    [
      'beside detail in Message',
      sns({}, eventBridge(dry, wholeEvent.data)),
      'Message → mode',
      'Message → detail.mode',
    ],
    [
      'beside Message in Data',
      bus({}, sns(expired, wholeEvent)),
      'Data.expirytime',
      'Data.Message → expirytime',
    ],
    ['in the event in Message', sns({}, { ...wholeEvent, ...dry }), 'Message → mode', 'Message → data.mode'],
  ])('refuses a limit %s, and names its place and where it belongs', (_, value, field, place) => {
    const text = pretty(value)
    expect(read(text)).toMatchObject({
      events: [],
      faults: [{ code: 'misplaced_limit', field, rule: `must be ${place}, or it has no effect` }],
    })
    const name = field.includes('→') ? '"Message"' : `"${field.split('.').at(-1)}"`
    expect(read(text).faults[0]?.line).toBe(lineOf(text, name))
  })

  it('names the path of a row, and the line of the text that it is in', () => {
    const members = [{ email_address: 'a@x.example' }, { email_address: 'canary' }]
    const text = pretty([sns({}, wholeEvent), sns({}, breachEvent({ data: { members } }))])
    expect(read(text).faults).toMatchObject([
      {
        field: '1.Message → data.members.1.email_address',
        line: text.split('\n').findLastIndex((line) => line.includes('"Message"')) + 1,
      },
    ])
  })

  it.each([
    ['is not JSON', 'canary', 'Message → body: is not JSON'],
    ['has a key twice', '{"mode":1,"mode":2}', 'Message → mode: must not be twice in one object'],
  ])('says of the text in an envelope that it %s', (_, message, said) => {
    const { faults } = read(pretty(fromSns(message)))
    expect(faults.map(({ line, field, rule }) => [line, `${field}: ${rule}`])).toEqual([[5, said]])
  })

  const deep = (close: string) => `${'['.repeat(50_000)}1${close.repeat(50_000)}`
  it.each([
    ['a text', deep(']'), 'nested_too_deep', 'body'],
    ['a text without an end', deep(''), 'not_json', 'body'],
    ['what an envelope holds', JSON.stringify(fromSns(deep(']'))), 'nested_too_deep', 'Message → body'],
  ])('refuses %s that is nested deeper than the stack', (_, text, code, field) => {
    expect(read(text).faults).toMatchObject([{ code, field, line: 1 }])
  })

  it('refuses a list in an envelope, as the queue does', () => {
    expect(read(JSON.stringify(fromSns(JSON.stringify([wholeEvent]))))).toMatchObject({
      events: [],
      faults: [{ code: 'not_a_breach_event', field: 'Message → body' }],
    })
  })
})

describe('what readJson says of a file that is valid', () => {
  const events = ['a', 'b'].map((id) => breachEvent({ id, data: { exposed_at: '2026-11-19' } }))
  const notesOf = (text: string) => read(text).notes.map(({ text }) => text)

  it.each([
    [
      'a list of one event',
      pretty(events.slice(1)),
      'a list of 1 event: sent as 1 message; the list itself is not a message body',
    ],
    [
      'a list of two',
      pretty(events),
      'a list of 2 events: sent as 2 messages; the list itself is not a message body',
    ],
    [
      'NDJSON',
      events.map((event) => JSON.stringify(event)).join('\n'),
      '2 JSON texts: sent as 2 messages; all of it together is not a message body',
    ],
  ])('names how %s is sent', (_, text, note) => {
    expect(notesOf(text)).toEqual([note])
  })

  it('has no note for the body of one message', () => {
    expect(notesOf(pretty(events[0]))).toEqual([])
  })

  it('notes addresses that begin with an apostrophe, and no address', () => {
    const members = ["'canary@x.example", "o'hara@x.example"].map((email_address) => ({ email_address }))
    expect(notesOf(JSON.stringify(breachEvent({ data: { members, exposed_at: '2026-11-19' } })))).toEqual([
      'has an address that begins with an apostrophe, as spreadsheets write it: it is sent as it is',
    ])
  })
})

describe('what readJson refuses as a whole', () => {
  it.each([
    ['members', '{"members":[{"email_address":"bo@x.example"}],"members":[]}', 'line 1, column 47'],
    ['body', '{"data":{\n"canary":1,"canary":2}}', 'line 2, column 12'],
  ])(
    'is a key twice in one object, here %s: it names the place of the second, and no other name',
    (field, text, place) => {
      const { events, faults } = read(text)
      expect(events).toEqual([])
      expect(faults).toMatchObject([
        { code: 'duplicate_key', line: 1, field, rule: expect.stringContaining(place) },
      ])
      expect(JSON.stringify(faults)).not.toContain('canary')
    },
  )

  it('is a date in the first days of 1970, which covers everyone', () => {
    const text = JSON.stringify(breachEvent({ data: { exposed_at: '1970-01-01T00:00:00Z' } }))
    expect(read(text)).toMatchObject({
      events: [],
      faults: [{ code: 'implausible', line: 1, field: 'data.exposed_at' }],
    })
  })

  it('takes null for a field that is left out', () => {
    const { events, faults } = read(JSON.stringify(breachEvent({ correlationid: null })))
    expect(faults).toEqual([])
    expect(JSON.stringify(events)).toBe(JSON.stringify([breachEvent()]))
  })

  it.each(['spycloud', 'enzoic', 'hibp', 'push-security'])(
    'is what %s gives: it says which --from fits',
    (vendor) => {
      const page = readFileSync(
        new URL(`../../../docs/examples/vendors/${vendor}.json`, import.meta.url),
        'utf8',
      )
      expect(read(page)).toMatchObject({
        events: [],
        faults: [{ line: 1, field: 'body', rule: `is what ${vendor} gives: read it with --from ${vendor}` }],
        notes: [],
      })
    },
  )

  it("is Have I Been Pwned's answer to a domain search: it says which flags fit", () => {
    const [fault] = read('{"canary": ["Forum"], "lin": []}').faults
    expect(fault?.rule).toMatch(/: read it with --from hibp, --domain and --breaches$/)
  })
})
