import { expect, it } from 'vitest'
import { describeSeconds, measure, roundStep } from '../../../cli/report/intervals.ts'

it('measures by nearest rank: as many people as it says took no longer', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(measure(hundred)).toEqual({ people: 100, median: 50, p95: 95, slowest: 100 })
  expect(measure([7])).toEqual({ people: 1, median: 7, p95: 7, slowest: 7 })
  expect(measure([])).toBeUndefined()
})

it.each([
  [0, '0 s'],
  [0.4321, '0.43 s'],
  [12.34, '12.3 s'],
  [90, '1 min 30 s'],
  [3600, '1 h'],
  [3605, '1 h'],
  [273_599.7, '3 d 4 h'],
])('puts %d seconds in words: %s', (seconds, words) => {
  expect(describeSeconds(seconds)).toBe(words)
})

it.each([
  [0, 0.01],
  [14, 5],
  [301, 120],
  [10 * 86_400, 2 * 86_400],
])('reaches %d seconds with five round steps of %d', (longest, step) => {
  expect(roundStep(longest, 5)).toBe(step)
})
