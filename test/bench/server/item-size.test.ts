import { expect, test } from 'vitest'
import { type Item, itemSize } from './item-size.ts'

test.each<[Item, number]>([
  [{ name: { S: 'Zoë' } }, 4 + 4],
  [{ n: { N: '1764042159123' } }, 1 + 8],
  [{ n: { N: '-0.5' } }, 1 + 2],
  [{ b: { BOOL: true } }, 1 + 1],
  [{ l: { L: [{ S: 'ab' }, { S: 'c' }] } }, 1 + 3 + 3 + 2],
  [{ m: { M: { k: { S: 'ab' } } } }, 1 + 3 + 3 + 1],
])('weighs %j', (item, bytes) => {
  expect(itemSize(item)).toBe(bytes)
})
