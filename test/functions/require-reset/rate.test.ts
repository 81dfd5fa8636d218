import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

describe('Retry-After', () => {
  it('gives nobody up who was not called for it', async () => {
    const world = createResetWorld({ config: { callsInFlight: 1 } })
    world.stytch = () => answers.error(429, 'too_many_requests', '10')
    await world.handle([
      resetEvent(['ada@x.example', 'lin@x.example'], { firsttriedat: '2026-11-19T12:00:00.000Z' }),
    ])
    expect(world.calls).toHaveLength(1)
    const deferred = world.deferred().flatMap(({ event }) => event.data.members)
    expect(deferred.map(({ email_address }) => email_address)).toEqual(['lin@x.example'])
    expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': 'too_many_requests' } }])
  })

  it('never shortens the delay of deferred people', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable', '0')
    await world.handle([resetEvent(['ada@x.example'], { attempts: 6 })])
    expect(world.deferred()[0]?.delaySeconds).toBeGreaterThan(400)
  })

  it('is obeyed on any status, within the invocation too', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable', '600')
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(1)
    expect(world.deferred()[0]?.delaySeconds).toBeGreaterThanOrEqual(599)
  })

  it('does not stop an environment for ever', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(429, 'too_many_requests', '31536000')
    await world.handle([resetEvent(['ada@x.example'])])
    world.stytch = () => answers.reset()
    world.clock.advance(3_600_000)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.rows.size).toBe(1)
  })
})

it('the rate grows back after a throttled call', async () => {
  const world = createResetWorld({ config: { requestsPerSecond: 10 } })
  world.stytch = () => (world.calls.length === 1 ? answers.error(429, 'too_many_requests') : answers.reset())
  await world.handle([resetEvent(Array.from({ length: 100 }, (_, i) => `m${i}@x.example`))])
  const seconds = ((world.calls.at(-1)?.at ?? 0) - (world.calls[0]?.at ?? 0)) / 1000
  expect(seconds).toBeGreaterThan(10)
  expect(seconds).toBeLessThan(15)
})
