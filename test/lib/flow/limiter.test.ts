import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../../lib/flow/limiter.ts'
import { createClock } from '../../fakes/create-clock.ts'

/** Of 25 a second, evenly. */
const SPACING_MS = 1020 / 25
const NEVER = Number.POSITIVE_INFINITY

type Clock = ReturnType<typeof createClock>

/** A limiter that wakes `late` ms late from each sleep. */
function limiterOn(clock: Clock, perSecond: number, late = () => 0) {
  return createLimiter({
    ...clock,
    rate: { starts: perSecond, inMs: 1000 },
    sleep: (ms) => clock.sleep(ms + late()),
  })
}

async function startsOf(count: number, perSecond: number): Promise<number[]> {
  const clock = createClock()
  const limiter = limiterOn(clock, perSecond)
  const starts = Array.from({ length: count }, () => limiter.acquire(NEVER).then(() => clock.now()))
  await clock.run()
  return Promise.all(starts)
}

/** Of the fullest 1,020 ms. */
function mostStarts(starts: readonly number[]): number {
  return Math.max(
    ...starts.map((start) => starts.filter((other) => other >= start && other < start + 1020).length),
  )
}

describe('the limiter', () => {
  it('spaces starts evenly and holds the rate in every second', async () => {
    const rates = fc.double({ min: 1, max: 200, noNaN: true })
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 2, max: 60 }), async (perSecond, count) => {
        const starts = await startsOf(count, perSecond)
        const lasted = Math.max(...starts) - Math.min(...starts)
        expect(lasted).toBeGreaterThanOrEqual((count - 1) * (1020 / Math.floor(perSecond)) - 1)
        expect(mostStarts(starts)).toBeLessThanOrEqual(Math.floor(perSecond))
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
        const limiter = limiterOn(clock, perSecond, () => lates[slept++ % lates.length] ?? 0)
        const starts: number[] = []
        for (const pause of pauses) {
          const turns = Array.from({ length: 20 }, () =>
            limiter.acquire(NEVER).then(() => starts.push(clock.now())),
          )
          await clock.run()
          await Promise.all(turns)
          clock.advance(pause)
        }
        expect(mostStarts(starts)).toBeLessThanOrEqual(perSecond)
      }),
    )
  })

  it('holds the rate in every second while environments that remember nothing, or were idle, take over from crashed ones', async () => {
    const life = fc.record({
      environment: fc.nat(3),
      lastsMs: fc.nat(800),
      restsMs: fc.oneof(fc.nat(30), fc.nat(900)),
    })
    const lates = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(life, { minLength: 2, maxLength: 12 }),
        lates,
        async (perSecond, lives, delays) => {
          const clock = createClock()
          let slept = 0
          const make = () => limiterOn(clock, perSecond, () => delays[slept++ % delays.length] ?? 0)
          const limiters = Array.from({ length: 3 }, make)
          const starts: number[] = []
          for (const { environment, lastsMs, restsMs } of lives) {
            const endsAt = clock.monotonic() + lastsMs
            const limiter = limiters[environment] ?? make()
            const turns = limiter.during(async () => {
              while (await limiter.acquire(endsAt)) starts.push(clock.now())
            })
            await clock.run()
            await turns
            clock.advance(restsMs)
          }
          expect(mostStarts(starts)).toBeLessThanOrEqual(perSecond)
        },
      ),
    )
  })

  it.each([0, 3, 18])(
    'calls 96 percent of the rate or more when each wake-up is up to %i ms late',
    async (late) => {
      const clock = createClock()
      let slept = 0
      const limiter = limiterOn(clock, 25, () => (slept++ * 7) % (late + 1))
      const starts = Array.from({ length: 1000 }, () => limiter.acquire(NEVER).then(() => clock.now()))
      await clock.run()
      const times = await Promise.all(starts)
      const seconds = (Math.max(...times) - Math.min(...times)) / 1000
      expect(999 / seconds).toBeGreaterThan(0.96 * 25)
    },
  )

  it.each([
    ['goes on at once in an invocation that follows directly', (clock: Clock) => clock.advance(30), 0],
    ['waits again after an idle time', (clock: Clock) => clock.advance(70), 61],
    ['waits again after a time in which the process was frozen', (clock: Clock) => clock.freeze(70), 61],
    ['waits again when the wall clock was set back meanwhile', (clock: Clock) => clock.set(-3_600_000), 61],
    [
      'waits again after an idle time, by as much of which the wall clock was set back',
      (clock: Clock) => {
        clock.advance(10_000)
        clock.set(-9_990)
      },
      61,
    ],
  ])('%s', async (_, meanwhile, waitMs) => {
    const clock = createClock()
    const limiter = limiterOn(clock, 25)
    const waitsIn = async (invocation: () => Promise<unknown>) => {
      const begun = clock.monotonic()
      const started = limiter.during(async () => {
        await limiter.acquire(NEVER)
        const waited = clock.monotonic() - begun
        await invocation()
        return waited
      })
      await clock.run()
      return started
    }
    expect(await waitsIn(() => clock.sleep(100))).toBe(61)
    meanwhile(clock)
    expect(await waitsIn(async () => {})).toBe(waitMs)
  })

  it('halves the pace once a call was throttled', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 25)
    clock.advance(5000)
    const first = limiter.acquire(NEVER)
    await clock.run()
    await first
    limiter.throttled(clock.monotonic())
    const begun = clock.now()
    const starts = Array.from({ length: 40 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    await clock.run()
    expect(Math.max(...(await Promise.all(starts))) - begun).toBeGreaterThan(39 * 2 * SPACING_MS)
  })

  it('starts nothing too late, when it is woken too late', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 25, () => 1000)
    const turns = [limiter.acquire(NEVER), limiter.acquire(clock.monotonic() + 500)]
    await clock.run()
    expect(await Promise.all(turns)).toEqual([true, false])
  })

  it('catches up with no pause that Stytch asked for', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 25)
    limiter.throttled(clock.monotonic() - 1, 1000)
    const starts = Array.from({ length: 3 }, () => limiter.acquire(NEVER).then(() => clock.now()))
    const begun = clock.now()
    await clock.run()
    const [first = 0, ...others] = (await Promise.all(starts)).map((at) => at - begun)
    expect(first).toBe(1000)
    expect(Math.min(...others)).toBeGreaterThan(1000 + SPACING_MS)
  })

  it('lets a spacing and 20 ms pass first: a crashed process may have called just now, and late', async () => {
    const clock = createClock()
    const begun = clock.monotonic()
    const limiter = limiterOn(clock, 25)
    const first = limiter.acquire(NEVER)
    await clock.run()
    expect(await first).toBe(true)
    expect(clock.monotonic() - begun).toBe(Math.ceil(SPACING_MS + 20))
  })

  it('refuses a start that would be too late, and takes no slot for it', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 1)
    clock.advance(2000)
    expect(await limiter.acquire(clock.monotonic())).toBe(true)
    expect(await limiter.acquire(clock.monotonic() + 999)).toBe(false)
    const next = limiter.acquire(clock.monotonic() + 1042)
    await clock.run()
    expect(await next).toBe(true)
  })

  it('lets go of the waiting, and of their slots, when it is cancelled', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 1)
    clock.advance(2000)
    const begun = clock.monotonic()
    const starts = Array.from({ length: 20 }, () => limiter.acquire(NEVER, () => clock.monotonic() > begun))
    await clock.run()
    expect((await Promise.all(starts)).filter(Boolean)).toHaveLength(1)
    expect(clock.monotonic() - begun).toBeLessThanOrEqual(250)
    const next = limiter.acquire(begun + 1042)
    await clock.run()
    expect(await next).toBe(true)
  })

  it('halves once for a burst of throttled calls, and grows back with success', () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 40)
    const startedAt = clock.monotonic()
    clock.advance(50)
    limiter.throttled(startedAt)
    limiter.throttled(startedAt)
    expect(limiter.rate()).toBeCloseTo(19.6, 1)
    limiter.throttled(clock.monotonic())
    expect(limiter.rate()).toBeCloseTo(9.8, 1)
    for (let i = 0; i < 100; i++) limiter.succeeded()
    expect(limiter.rate()).toBeCloseTo(39.2, 1)
  })

  it('never slows to a standstill', () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 40)
    for (let i = 0; i < 100; i++) limiter.throttled(clock.monotonic())
    expect(limiter.rate()).toBe(0.5)
  })

  it('keeps its rate, and is not silent, when the wall clock is set in between', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 10)
    const starts: number[] = []
    const turns = Array.from({ length: 40 }, async (_, turn) => {
      await limiter.acquire(NEVER)
      starts.push(clock.monotonic())
      if (turn === 10) clock.set(-3_600_000)
      if (turn === 20) clock.set(7_200_000)
    })
    await clock.run()
    await Promise.all(turns)
    expect(mostStarts(starts)).toBe(10)
    expect(Math.max(...starts)).toBeLessThan(41 * 102 + 20)
  })

  it('obeys Retry-After, also for those who were waiting already', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 10)
    const starts = Array.from({ length: 3 }, () => limiter.acquire(NEVER).then(() => clock.monotonic()))
    limiter.throttled(clock.monotonic(), 2000)
    expect(limiter.pausedForMs()).toBe(2000)
    const begun = clock.monotonic()
    await clock.run()
    expect(Math.min(...(await Promise.all(starts)).slice(1))).toBeGreaterThanOrEqual(begun + 2000)
    expect(limiter.pausedForMs()).toBe(0)
  })

  it('does not wait for a pause of more than two seconds, nor lets wait who waited already', async () => {
    const clock = createClock()
    const limiter = limiterOn(clock, 1)
    clock.advance(2000)
    const waiting = [limiter.acquire(NEVER), limiter.acquire(NEVER), limiter.acquire(NEVER)]
    const begun = clock.monotonic()
    await waiting[0]
    limiter.throttled(begun, 5000)
    waiting.push(limiter.acquire(NEVER))
    await clock.run()
    expect(await Promise.all(waiting)).toEqual([true, false, false, false])
    expect(clock.monotonic() - begun).toBeLessThanOrEqual(250)
  })
})
