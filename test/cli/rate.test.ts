import { expect, it } from 'vitest'
import { createRate } from '../../cli/rate.ts'

it('shows a rate that is the growth per second of the last window, or of the time so far', () => {
  let now = 0
  const rate = createRate({ windowMs: 5000, now: () => now })
  expect(rate(0)).toBe(0)
  now = 100
  expect(rate(20)).toBe(200)
  for (; now < 20_000; now += 100) rate(now / 10)
  expect(rate(now / 10)).toBeCloseTo(100)
  now += 5000
  expect(rate((now - 5000) / 10)).toBeLessThan(50)
})
