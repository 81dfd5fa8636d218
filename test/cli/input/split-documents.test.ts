import { describe, expect, it } from 'vitest'
import { splitDocuments } from '../../../cli/input/json.ts'

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
