import { expect, test } from 'vitest'
import { toTable } from './to-table.ts'

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
