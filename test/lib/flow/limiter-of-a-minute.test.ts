import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../../lib/flow/limiter.ts'
import { createClock } from '../../fakes/create-clock.ts'

const NEVER = Number.POSITIVE_INFINITY

describe('the limiter', () => {
  it('holds the rate of a minute, evenly, whatever the gaps between invocations', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), gaps, async (perMinute, pauses) => {
        const clock = createClock()
        const limiter = createLimiter({ ...clock, rate: { starts: perMinute, inMs: 60_000 } })
        const starts: number[] = []
        for (const pause of pauses) {
          const invocation = limiter.during(async () => {
            for (let call = 0; call < 20; call++) {
              await limiter.acquire(NEVER)
              starts.push(clock.now())
            }
          })
          await clock.run()
          await invocation
          clock.advance(pause)
        }
        const inWindow = (start: number) =>
          starts.filter((one) => one >= start && one < start + 60_000).length
        expect(Math.max(...starts.map(inWindow))).toBeLessThanOrEqual(perMinute)
        const spacings = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
        expect(Math.min(...spacings)).toBeGreaterThanOrEqual(60_020 / perMinute - 20 - 1)
      }),
      { numRuns: 40 },
    )
  })

  it('slows no rate below 30 a minute, and makes no slow one faster, once it was throttled', () => {
    for (const perMinute of [120, 30, 6]) {
      const clock = createClock()
      const limiter = createLimiter({ ...clock, rate: { starts: perMinute, inMs: 60_000 } })
      const full = limiter.rate()
      for (let burst = 0; burst < 5; burst++) {
        clock.advance(10_000)
        limiter.throttled(clock.monotonic())
      }
      expect(limiter.rate()).toBeLessThanOrEqual(full)
      expect(limiter.rate()).toBe(Math.min(full, 0.5))
    }
  })
})
