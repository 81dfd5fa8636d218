import { expect, it } from 'vitest'
import { describeDuration } from '../../cli/times.ts'

it.each([
  [0.2, '1 s'],
  [99, '99 s'],
  [100, '2 min'],
  [5939, '99 min'],
  [7500, '2 h 5 min'],
  [250_000, '3 days'],
])('shows %d seconds as %s', (seconds, words) => {
  expect(describeDuration(seconds)).toBe(words)
})
