import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../../lib/flow/create-limiter.ts'
import { createClock } from '../../fakes/create-clock.ts'

const NEVER = Number.POSITIVE_INFINITY

async function startsOf(count: number, perSecond: number): Promise<number[]> {
  const clock = createClock()
  const limiter = createLimiter({ perSecond, ...clock })
  const starts = Array.from({ length: count }, () => limiter.acquire(NEVER).then(() => clock.now()))
  await clock.run()
  return Promise.all(starts)
}

describe('the limiter', () => {
  it('spaces starts evenly and holds the rate in every second', async () => {
    const rates = fc.double({ min: 0.5, max: 200, noNaN: true })
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 2, max: 60 }), async (perSecond, count) => {
        const starts = await startsOf(count, perSecond)
        for (const start of starts) {
          const inSecond = starts.filter((other) => other >= start && other < start + 1000).length
          expect(inSecond).toBeLessThanOrEqual(Math.floor(perSecond) + 1)
        }
      }),
    )
  })

  it('refuses a start that would be too late, and takes no slot for it', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 1, ...clock })
    expect(await limiter.acquire(clock.now())).toBe(true)
    expect(await limiter.acquire(clock.now() + 999)).toBe(false)
    const next = limiter.acquire(clock.now() + 1000)
    await clock.run()
    expect(await next).toBe(true)
  })

  it('lets go of the waiting, and of their slots, when it is cancelled', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 0.5, ...clock })
    const begun = clock.now()
    const starts = Array.from({ length: 20 }, () => limiter.acquire(NEVER, () => clock.now() > begun))
    await clock.run()
    expect((await Promise.all(starts)).filter(Boolean)).toHaveLength(1)
    expect(clock.now() - begun).toBeLessThanOrEqual(250)
    const next = limiter.acquire(begun + 2000)
    await clock.run()
    expect(await next).toBe(true)
  })

  it('halves once for a burst of throttled calls, and grows back with success', () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 40, ...clock })
    const startedAt = clock.now()
    clock.advance(50)
    limiter.throttled(startedAt)
    limiter.throttled(startedAt)
    expect(limiter.rate()).toBe(20)
    limiter.throttled(clock.now())
    expect(limiter.rate()).toBe(10)
    for (let i = 0; i < 100; i++) limiter.succeeded()
    expect(limiter.rate()).toBe(40)
  })

  it('never slows to a standstill', () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 40, ...clock })
    for (let i = 0; i < 100; i++) limiter.throttled(clock.now())
    expect(limiter.rate()).toBe(0.5)
  })

  it('obeys Retry-After, also for those who were waiting already', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 10, ...clock })
    const starts = Array.from({ length: 3 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    limiter.throttled(clock.now(), 2000)
    expect(limiter.pausedForMs()).toBe(2000)
    const begun = clock.now()
    await clock.run()
    expect(Math.min(...(await Promise.all(starts)).slice(1))).toBeGreaterThanOrEqual(begun + 2000)
    expect(limiter.pausedForMs()).toBe(0)
  })

  it('does not wait for a pause of more than two seconds, nor lets wait who waited already', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 1, ...clock })
    const waiting = [limiter.acquire(NEVER), limiter.acquire(NEVER), limiter.acquire(NEVER)]
    const begun = clock.now()
    limiter.throttled(begun, 5000)
    expect(await limiter.acquire(NEVER)).toBe(false)
    await clock.run()
    expect(await Promise.all(waiting)).toEqual([true, false, false])
    expect(clock.now() - begun).toBeLessThanOrEqual(250)
  })
})
