import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../../lib/flow/limiter.ts'
import { createClock } from '../../fakes/create-clock.ts'

/** Of 25 a second, evenly. */
const SPACING_MS = 1000 / 24
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
    const rates = fc.double({ min: 1, max: 200, noNaN: true })
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 2, max: 60 }), async (perSecond, count) => {
        const starts = await startsOf(count, perSecond)
        const lasted = Math.max(...starts) - Math.min(...starts)
        expect(lasted).toBeGreaterThanOrEqual((count - 1) * (1000 / (0.96 * perSecond)) - 1)
        for (const start of starts) {
          const inSecond = starts.filter((other) => other >= start && other < start + 1020).length
          expect(inSecond).toBeLessThanOrEqual(Math.floor(perSecond))
        }
      }),
    )
  })

  it('holds the rate in every second, however late it is woken and whatever the gaps between', async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 })
    const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), delays, gaps, async (perSecond, lates, pauses) => {
        const clock = createClock()
        let slept = 0
        const sleep = (ms: number) => clock.sleep(ms + (lates[slept++ % lates.length] ?? 0))
        const limiter = createLimiter({ perSecond, now: clock.now, sleep })
        const starts: number[] = []
        for (const pause of pauses) {
          const turns = Array.from({ length: 20 }, () =>
            limiter.acquire(NEVER).then(() => starts.push(clock.now())),
          )
          await clock.run()
          await Promise.all(turns)
          clock.advance(pause)
        }
        for (const start of starts) {
          const inSecond = starts.filter((other) => other >= start && other < start + 1020).length
          expect(inSecond).toBeLessThanOrEqual(perSecond)
        }
      }),
    )
  })

  it('catches up with what a short gap has cost', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 25, ...clock })
    const begun = clock.now()
    for (const count of [20, 60]) {
      const turns = Array.from({ length: count }, () => limiter.acquire(NEVER))
      await clock.run()
      await Promise.all(turns)
      if (count === 20) clock.advance(80)
    }
    expect(clock.now() - begun).toBe(Math.ceil(80 * SPACING_MS))
  })

  it('catches up with a second of an idle time and no more, hardly faster than it goes on', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 25, ...clock })
    clock.advance(60_000)
    const begun = clock.now()
    const starts = Array.from({ length: 1300 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    await clock.run()
    const times = await Promise.all(starts)
    expect(Math.max(...times) - begun).toBeCloseTo(1299 * SPACING_MS - 1000, -1)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.min(...gaps.slice(1))).toBe(1000 / 25)
  })

  it('catches up with nothing once a call was throttled', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 25, ...clock })
    clock.advance(5000)
    const first = limiter.acquire(NEVER)
    await clock.run()
    await first
    const begun = clock.now()
    limiter.throttled(begun)
    const starts = Array.from({ length: 40 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    await clock.run()
    expect(Math.max(...(await Promise.all(starts))) - begun).toBe(Math.ceil(39 * 2 * SPACING_MS))
  })

  it('starts nothing too late, when it is woken too late', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 25, now: clock.now, sleep: (ms) => clock.sleep(ms + 1000) })
    const turns = [limiter.acquire(NEVER), limiter.acquire(clock.now() + 500)]
    await clock.run()
    expect(await Promise.all(turns)).toEqual([true, false])
  })

  it('catches up with no pause that Stytch asked for', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 25, ...clock })
    limiter.throttled(clock.now() - 1, 1000)
    const starts = Array.from({ length: 3 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    const begun = clock.now()
    await clock.run()
    expect((await Promise.all(starts)).map((at) => at - begun)).toEqual([1000, 1084, 1167])
  })

  it('lets a spacing pass first: a crashed process may have called just now', async () => {
    const clock = createClock()
    const begun = clock.now()
    const limiter = createLimiter({ perSecond: 25, ...clock })
    const first = limiter.acquire(NEVER)
    await clock.run()
    expect(await first).toBe(true)
    expect(clock.now() - begun).toBe(Math.ceil(SPACING_MS))
  })

  it('refuses a start that would be too late, and takes no slot for it', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 1, ...clock })
    clock.advance(2000)
    expect(await limiter.acquire(clock.now())).toBe(true)
    expect(await limiter.acquire(clock.now() + 999)).toBe(false)
    const next = limiter.acquire(clock.now() + 1042)
    await clock.run()
    expect(await next).toBe(true)
  })

  it('lets go of the waiting, and of their slots, when it is cancelled', async () => {
    const clock = createClock()
    const limiter = createLimiter({ perSecond: 1, ...clock })
    clock.advance(2000)
    const begun = clock.now()
    const starts = Array.from({ length: 20 }, () => limiter.acquire(NEVER, () => clock.now() > begun))
    await clock.run()
    expect((await Promise.all(starts)).filter(Boolean)).toHaveLength(1)
    expect(clock.now() - begun).toBeLessThanOrEqual(250)
    const next = limiter.acquire(begun + 1042)
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
    expect(limiter.rate()).toBe(19.2)
    limiter.throttled(clock.now())
    expect(limiter.rate()).toBe(9.6)
    for (let i = 0; i < 100; i++) limiter.succeeded()
    expect(limiter.rate()).toBe(38.4)
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
    clock.advance(2000)
    const waiting = [limiter.acquire(NEVER), limiter.acquire(NEVER), limiter.acquire(NEVER)]
    const begun = clock.now()
    await waiting[0]
    limiter.throttled(begun, 5000)
    waiting.push(limiter.acquire(NEVER))
    await clock.run()
    expect(await Promise.all(waiting)).toEqual([true, false, false, false])
    expect(clock.now() - begun).toBeLessThanOrEqual(250)
  })
})
