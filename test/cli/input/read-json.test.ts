import { describe, expect, it } from 'vitest'
import { readJson } from '../../../cli/input/json.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const read = (text: string) => readJson(text, { maxMembersPerEvent: 1000, now: NOW })
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
