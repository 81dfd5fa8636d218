import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitJsonTexts } from '../../../cli/input/json-texts.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { editedText } from '../../fuzz/hostile.ts'

const textsOf = (input: string) => splitJsonTexts(input).map(({ text }) => text)
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)
const event = (id: string) => JSON.stringify(breachEvent({ id }))

describe('splitJsonTexts', () => {
  it.each([
    ['one on a line', '{"a":1}'],
    ['an object over lines', '{\n  "a": [\n    { "b": 1 },\n    { "c": 1 }\n  ]\n}'],
    ['an object without indents', '{\n"a": [\n{ "b": 1 },\n{ "c": 1 }\n]\n}'],
    ['an object that begins again inside, after a line break', '{"a":\n{"a":1}}'],
    ['a list with an object on each line', '[\n{"a":1},\n{"b":2}\n]'],
    ['a broken object over lines', '{\n  "a" [\n    { "b": 1 }\n  ]\n}'],
    ['a list of which only the end is missing', '[\n{"a":1},\n{"b":2}'],
    ['an envelope of which only the end is missing', '{"mode":"dry_run","detail":\n{"a":1}'],
    ['a row without a comma after the one before', '{\n  "a": [\n    {"b":1}\n    {"b":2}\n  ]\n}'],
  ])('keeps %s whole', (_, text) => {
    expect(textsOf(`${text}\n`)).toEqual([text])
  })

  it.each([
    ['NDJSON', '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['indented NDJSON', '  {"a":1}\n  {"b":2}\n', ['{"a":1}', '{"b":2}']],
    [
      'objects over lines, one after the other',
      '{\n "a": 1\n}\n{\n "b": 2\n}\n',
      ['{\n "a": 1\n}', '{\n "b": 2\n}'],
    ],
    ['objects on one line', '{"a":1} {"b":2}[3]', ['{"a":1}', '{"b":2}', '[3]']],
    ['lists behind byte order marks', '\ufeff[1]\n\ufeff[2]', ['[1]', '[2]']],
  ])('splits %s', (_, input, texts) => {
    expect(textsOf(input)).toEqual(texts)
  })

  it.each([
    ['cut off in a text', '{"a":"x', '{"b":2}'],
    ['cut off after an object', '{"a":{}', '{"b":2}'],
    ['cut off before a value', '{"a":1,"b":', '{"a":2}'],
    ['cut off after a comma', '{"a":[1,', '{"a":2}'],
    ['without its first character', '"a":1}', '{"b":2}'],
    ['followed by a comma', '{"a":1},', '{"a":2}'],
    ['with a comment', '{"a":1 /* {', '{"b":2}'],
    ['that is none', 'null', '[1]'],
    ['with more than a text', '{"a":1}, "mode": "dry_run"}', '{"b":2}'],
    ['that is closed too early', '{"a":}, "b": {"c": 1}', '{"d":1}'],
  ])('keeps the lines after one %s', (_, broken, good) => {
    const first = '{"a":0}'
    expect(textsOf([first, broken, good, first].join('\n'))).toEqual([first, broken, good, first])
  })

  it('keeps the objects after a broken one of several lines', () => {
    const [a, b, c] = [pretty({ a: [{}] }), pretty({ b: [{}] }).replace(':', ''), pretty({ c: [{}] })]
    expect(splitJsonTexts([a, b, c].join('\n'))).toMatchObject([
      { text: a, start: { line: 1, column: 1 }, lastLine: 5 },
      { text: b, start: { line: 6, column: 1 }, lastLine: 10 },
      { text: c, start: { line: 11, column: 1 }, lastLine: 15 },
    ])
  })
})

const RUNS = 600
const spaces = fc.constantFrom('\n', '\r\n', '\n\n', ' ', '\n  ', '\t')
const value = fc.oneof(fc.object({ maxDepth: 2 }), fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }))

describe('splitJsonTexts, whatever the texts are', () => {
  it('splits a long list whose brackets are missing, line by line', () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `{"a":${index}},`)
    expect(textsOf(lines.join('\n'))).toEqual(lines)
  })

  it('finds each of several valid texts', () => {
    const texts = fc.array(fc.tuple(value, fc.constantFrom(0, 2), spaces), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(texts, (texts) => {
        const values = texts.map(([value]): unknown => JSON.parse(JSON.stringify(value)))
        const input = texts
          .map(([value, indent, space]) => JSON.stringify(value, undefined, indent) + space)
          .join('')
        expect(textsOf(input).map((text): unknown => JSON.parse(text))).toEqual(values)
      }),
      { numRuns: RUNS },
    )
  })

  it('loses nothing of an input', () => {
    const input = editedText(fc.array(value).map((values) => values.map(pretty).join('\n')))
    const withoutSpace = (text: string) => text.replaceAll(/\s+/g, '')
    fc.assert(
      fc.property(input, (input) => {
        expect(withoutSpace(textsOf(input).join(''))).toBe(withoutSpace(input))
      }),
      { numRuns: RUNS },
    )
  })

  it('keeps every line of NDJSON next to an edited one', () => {
    const edited = editedText(fc.constant(event('edited'))).filter((text) => !/[\r\n]/.test(text))
    fc.assert(
      fc.property(edited, fc.nat(3), (edited, before) => {
        const good = ['a', 'b', 'c'].map(event)
        const lines = [...good.slice(0, before), edited, ...good.slice(before)]
        expect(textsOf(lines.join('\n'))).toEqual(expect.arrayContaining(good))
      }),
      { numRuns: RUNS },
    )
  })
})
