import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const HOUR_MS = 3_600_000
const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)

describe.each([-HOUR_MS, HOUR_MS])('when the wall clock is set by %i ms', (step) => {
  it('calls go on, and no later than the invocation has time', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 10, functionTimeoutMs: 4000 } })
    const begun = world.clock.monotonic()
    let last = 0
    world.stytch = () => {
      if (world.calls.length === 5) world.clock.set(step)
      last = world.clock.monotonic() - begun
      return answers.reset()
    }
    await world.handle([resetEvent(people(50))])
    expect(last).toBeLessThanOrEqual(2000)
    expect(last).toBeGreaterThan(1800)
    expect(world.calls).toHaveLength(19)
  })

  it('the next invocation calls as well', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(2))])
    world.clock.set(step)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(3)
  })

  it('the time to an answer is measured all the same', async () => {
    const world = createResetWorld()
    world.stytch = async () => {
      world.clock.set(step)
      await world.clock.sleep(70)
      return answers.reset()
    }
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.recorder.values('StytchLatencyMs')).toEqual([70])
  })
})

it.each([
  ['the time that Lambda says is left', 35_000, 35_000],
  ['the function timeout, when a clock ahead of Lambda makes it less than nothing', -HOUR_MS, 60_000],
  ['the function timeout, when a clock ahead of Lambda leaves little time for calls', 30_000, 60_000],
  ['the function timeout, when a clock behind makes it more', HOUR_MS, 60_000],
])('an invocation has %s', async (_, remainingMs, leftMs) => {
  const world = createResetWorld({ config: { requestsPerSecond: 10 } })
  const begun = world.clock.monotonic()
  let last = 0
  world.stytch = () => {
    last = world.clock.monotonic() - begun
    return answers.reset()
  }
  await world.handle([resetEvent(people(700))], remainingMs)
  expect(last).toBeGreaterThan(leftMs - 2000 - 200)
  expect(last).toBeLessThanOrEqual(leftMs - 2000)
})

it('a clock that is behind does not make a reset of another environment look like one from the future', async () => {
  const world = createResetWorld()
  await world.handle([resetEvent(['ada@x.example'])])
  const sentAt = world.clock.now()
  world.clock.set(-HOUR_MS)
  await world.handle([resetEvent(['ada@x.example'])], undefined, sentAt)
  expect(world.calls).toHaveLength(1)
  expect(world.recorder.total('ClockAhead')).toBe(0)
})

const OUTAGE = answers.error(503, 'server_unavailable')
const PAUSE = answers.error(503, 'server_unavailable', '600')

describe.each([
  ['of 15 seconds after an outage', 20, OUTAGE, 15_000],
  ['that Stytch asked for', 1, PAUSE, 600_000],
])('a pause %s', (_, members, answer, pauseMs) => {
  async function worldInPause() {
    const world = createResetWorld()
    world.stytch = () => answer
    await world.handle([resetEvent(people(members))])
    world.calls.length = 0
    world.stytch = () => answers.reset()
    return world
  }

  it('does not get longer when the wall clock is set back', async () => {
    const world = await worldInPause()
    world.clock.set(-HOUR_MS)
    world.clock.advance(pauseMs - 3000)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(0)
    world.clock.advance(3000)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(1)
  })

  it('ends in time after the wall clock was set back, also if nobody was to be called meanwhile', async () => {
    const world = await worldInPause()
    world.clock.set(-HOUR_MS)
    const dryRun = resetEvent(['lin@x.example'])
    dryRun.data.mode = 'dry_run'
    await world.handle([dryRun])
    world.clock.freeze(pauseMs)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(1)
  })

  it('does not get longer while the process is frozen', async () => {
    const world = await worldInPause()
    world.clock.freeze(pauseMs - 3000)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(0)
    world.clock.freeze(3000)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(1)
  })
})
