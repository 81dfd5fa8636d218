import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { columnsOf, fold } from '../../cli/lines.ts'

it.each([
  ['a sentence', 'one two three four', 'one two three\n  four'],
  ['an indented line', '  one two three four', '  one two\n    three four'],
  ['a table, under its last column', '3  dead  one two', '3  dead  one\n         two'],
  ['a word that is longer than the screen', 'see https://example.com', 'see\n  https://example.com'],
  ['a line that fits', '  one  two', '  one  two'],
])('breaks no word of %s', (_, text, lines) => {
  expect(fold(text, 14)).toBe(lines)
})

it.each([
  [undefined, 80],
  [0, 80],
  [10, 40],
  [100, 100],
  [500, 120],
])('takes a terminal of %j columns for one of %i', (columns, taken) => {
  expect(columnsOf(Object.assign(new PassThrough(), { columns }))).toBe(taken)
})
