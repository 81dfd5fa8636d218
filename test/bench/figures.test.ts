import { expect, test } from 'vitest'
import { toSpread, toTable } from './figures.ts'

test.each([
  { values: [7], spread: { median: 7, min: 7, max: 7 } },
  { values: [10, 9, 100], spread: { median: 10, min: 9, max: 100 } },
  { values: [4, 1, 3, 2], spread: { median: 2.5, min: 1, max: 4 } },
])('finds the median and the extremes of $values', ({ values, spread }) => {
  expect(toSpread(values)).toEqual(spread)
})

test('rejects an empty list', () => {
  expect(() => toSpread([])).toThrow(RangeError)
})

test('aligns the first column to the left and the others to the right', () => {
  const rows = [
    ['one', '1,234'],
    ['two, longer', '5'],
  ]
  expect(toTable(['variant', 'KB'], rows).split('\n')).toEqual([
    '  variant         KB',
    '  -----------  -----',
    '  one          1,234',
    '  two, longer      5',
  ])
})
