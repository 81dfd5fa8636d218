import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const crowd = Array.from({ length: 100 }, (_, index) => `m${index}@x.example`)

async function worldInOutage() {
  const world = createResetWorld()
  world.stytch = () => answers.error(503, 'server_unavailable')
  await world.handle([resetEvent(crowd)])
  return world
}

/** How many calls an invocation makes, `afterMs` after the one before. */
async function callsAfter(world: Awaited<ReturnType<typeof worldInOutage>>, afterMs: number) {
  world.clock.advance(afterMs)
  const before = world.calls.length
  await world.handle([resetEvent(crowd)])
  return world.calls.length - before
}

describe('in an outage', () => {
  it('calling stops after 20 failures in a row, and nobody is lost', async () => {
    const world = await worldInOutage()
    expect(world.calls.length).toBeLessThan(60)
    expect(world.deferred().flatMap(({ event }) => event.data.members)).toHaveLength(100)
  })

  it('nobody is called for a while, and everyone is deferred at least that long', async () => {
    const world = await worldInOutage()
    expect(await callsAfter(world, 5000)).toBe(0)
    expect(world.deferred().at(-1)).toMatchObject({ event: { attempts: 1 } })
    expect(world.deferred().at(-1)?.delaySeconds).toBeGreaterThanOrEqual(10)
  })

  it('then one person is called, and a failure doubles the pause, up to two minutes', async () => {
    const world = await worldInOutage()
    for (const seconds of [15, 30, 60, 120, 120]) {
      expect(await callsAfter(world, seconds * 1000 - 1000)).toBe(0)
      expect(await callsAfter(world, 1000)).toBe(1)
    }
  })

  it('one answer lets everyone be called, at the full concurrency, and a later outage starts again', async () => {
    const world = await worldInOutage()
    let most = 0
    let inFlight = 0
    world.stytch = async () => {
      most = Math.max(most, ++inFlight)
      await world.clock.sleep(1000)
      inFlight--
      return answers.reset()
    }
    expect(await callsAfter(world, 15_000)).toBe(100)
    expect(most).toBe(15)
    world.stytch = () => answers.error(503, 'server_unavailable')
    world.rows.clear()
    expect(await callsAfter(world, 0)).toBeGreaterThan(19)
    expect(await callsAfter(world, 15_000)).toBe(1)
  })

  it('nobody is given up in the pause, however long they have been tried', async () => {
    const world = await worldInOutage()
    const sent = world.deferred().length
    await world.handle([resetEvent(crowd, { firsttriedat: '2026-11-18T12:00:00.000Z' })])
    expect(world.deadLetters()).toEqual([])
    expect(world.deferred()[sent]?.event.data.members).toHaveLength(100)
  })

  it('owed ledger rows are written in the pause and after it, and do not wait for each other', async () => {
    const world = await worldInOutage()
    const event = resetEvent(crowd)
    const owed = { reset_at: '2026-11-20T12:00:00.000Z', outcome: 'reset' } as const
    const members = event.data.members.map((row) => ({ ...row, owed }))
    for (const afterMs of [0, 15_000]) {
      world.rows.clear()
      world.clock.advance(afterMs)
      const begun = world.clock.now()
      await world.handle([{ ...event, data: { ...event.data, members } }])
      expect(world.rows.size).toBe(100)
      expect(world.clock.now() - begun).toBeLessThan(1000)
    }
  })

  it('covered people are skipped, also while nobody is called', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example'])])
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([resetEvent(crowd)])
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'skipped', code: 'covered' })
  })
})
