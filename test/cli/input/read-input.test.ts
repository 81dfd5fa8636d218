import { describe, expect, it } from 'vitest'
import { parseInputOptions } from '../../../cli/input/options.ts'
import { readInput } from '../../../cli/input/read-input.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const CSV = 'email\na@x.example\n'
const JSON_TEXT = JSON.stringify(breachEvent())
const LIST = { reason: 'phished', 'exposed-at': '2026-11-18' }

function read(text: string, values: Record<string, string>, modifiedAt?: number) {
  return readInput({ text, modifiedAt }, parseInputOptions(values, ['-']), NOW)
}
const timeOf = (values: Record<string, string>, modifiedAt?: number) => {
  return read(CSV, { ...LIST, ...values }, modifiedAt).events[0]?.time
}

describe('what a command reads', () => {
  it.each([
    ['a list without a reason', CSV, { 'exposed-at': '2026-11-18' }, /^--reason and --exposed-at: a list/],
    ['a list without the moment', CSV, { reason: 'phished' }, /^--reason and --exposed-at: a list/],
    [
      'an event with a reason of its own',
      JSON_TEXT,
      { reason: 'phished' },
      /^--reason and the like are for CSV/,
    ],
    ['a vendor and a reason', CSV, { from: 'hibp', reason: 'phished' }, /^--reason and the like are for CSV/],
    ['a breach without a catalog', CSV, { ...LIST, breach: 'canary' }, /^--breach: must be a catalog/],
    ['a limit of nobody', CSV, { 'members-per-event': '0' }, /^--members-per-event: must be/],
    ['a limit beyond the contract', CSV, { 'members-per-event': '10001' }, /^--members-per-event: must be/],
    ['no moment', CSV, { ...LIST, 'exposed-at': 'yesterday' }, /^--exposed-at: must be/],
    ['an id with a space', CSV, { ...LIST, id: 'list 1' }, /^--id: must be/],
    ['today', CSV, { ...LIST, 'exposed-at': '2026-11-20' }, /^--exposed-at: is the day on which/],
    [
      'a day to come',
      CSV,
      { ...LIST, 'exposed-at': '2026-11-21' },
      /^--exposed-at: must not be in the future: a date/,
    ],
    [
      'a moment to come',
      CSV,
      { ...LIST, 'exposed-at': '2026-11-20T12:00:01Z' },
      /^--exposed-at: must not be in the future: a date/,
    ],
  ] as [string, string, Record<string, string>, RegExp][])(
    'is refused for %s',
    (_, text, values, sentence) => {
      expect(() => read(text, values)).toThrow(sentence)
    },
  )

  it('takes a moment of today that is over', () => {
    expect(read(CSV, { ...LIST, 'exposed-at': '2026-11-20T11:59:59Z' })).toMatchObject({ faults: [] })
  })

  it('takes the day on which the list was made only with the time that then counts', () => {
    const writtenThen = Date.parse('2026-11-18T08:00:00Z')
    expect(() => read(CSV, LIST, writtenThen)).toThrow(/^--exposed-at: is the day on which the list was made/)
    expect(read(CSV, { ...LIST, time: '2026-11-18T08:00:00Z' })).toMatchObject({ faults: [] })
    expect(timeOf({}, writtenThen + 86_400_000)).toBe('2026-11-19T08:00:00.000Z')
  })

  it('has the time of a list from the file, so that the same file says the same later', () => {
    expect(timeOf({}, NOW - 5000)).toBe('2026-11-20T11:59:55.000Z')
  })

  it('has the present as the time of standard input, and of a file from the future', () => {
    expect(timeOf({})).toBe('2026-11-20T12:00:00.000Z')
    expect(timeOf({}, NOW + 1e9)).toBe('2026-11-20T12:00:00.000Z')
  })

  it('has the time that is given rather than both', () => {
    expect(timeOf({ time: '2026-11-19T00:00:00Z' }, NOW - 5000)).toBe('2026-11-19T00:00:00Z')
  })
})
