import { describe, expect, it } from 'vitest'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { success } from '../../fakes/create-stytch-members.ts'

const ADA = 'ada@x.example'
const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)

/** Of the fullest `ms`. */
const most = (calls: readonly { at: number }[], ms: number) =>
  Math.max(...calls.map(({ at }) => calls.filter((one) => one.at >= at && one.at < at + ms).length))

describe('the rates of end-sessions', () => {
  it('hold for each endpoint, both searches together', async () => {
    const world = createSessionsWorld({
      config: { searchesPerMinute: 30, revocationsPerSecond: 20, readBacksPerSecond: 10 },
    })
    for (const email of people(600)) world.members.add(email)
    for (let from = 0; from < 600; from += 300) {
      await world.handle([sessionsEvent(people(600).slice(from, from + 300))])
      world.clock.advance(2000)
    }
    expect(world.recorder.total('SessionsEnded')).toBe(600)
    const searches = [...world.callsOf('organizations'), ...world.callsOf('members')]
    expect(most(searches, 60_000)).toBeLessThanOrEqual(30)
    expect(most(searches, 2000)).toBeLessThanOrEqual(2)
    expect(most(world.callsOf('revoke'), 1000)).toBeLessThanOrEqual(20)
    expect(most(world.callsOf('revoke'), 1000)).toBeGreaterThan(10)
    expect(most(world.callsOf('sessions'), 1000)).toBeLessThanOrEqual(10)
  })

  it.each([
    ['organizations', { searchesPerMinute: 60 }],
    ['revoke', { revocationsPerSecond: 1 }],
    ['sessions', { readBacksPerSecond: 1 }],
  ] as const)(
    'hold although another environment may have called meanwhile: the first call waits, %s',
    async (endpoint, config) => {
      const world = createSessionsWorld({ config })
      world.members.add(ADA)
      await world.handle([sessionsEvent([ADA])])
      world.rows.clear()
      world.clock.advance(600_000)
      const begun = world.clock.now()
      await world.handle([sessionsEvent([ADA])])
      expect((world.callsOf(endpoint)[1]?.at ?? 0) - begun).toBeGreaterThanOrEqual(1000)
    },
  )

  it('bound what is under way: four searches, and as many revokes as the setting says', async () => {
    const inFlight: Record<string, number> = {}
    const peak: Record<string, number> = {}
    const world = createSessionsWorld({
      config: { functionTimeoutMs: 600_000, callTimeoutMs: 10_000, callsInFlight: 7 },
    })
    for (const email of people(1000)) world.members.add(email)
    world.stytch = async ({ endpoint }) => {
      const kind = endpoint === 'organizations' || endpoint === 'members' ? 'search' : endpoint
      inFlight[kind] = (inFlight[kind] ?? 0) + 1
      peak[kind] = Math.max(peak[kind] ?? 0, inFlight[kind])
      await world.clock.sleep(1000)
      inFlight[kind] -= 1
      return undefined
    }
    await world.handle([sessionsEvent(people(1000))])
    expect(world.recorder.total('SessionsEnded')).toBe(1000)
    expect(peak).toMatchObject({ search: 4, revoke: 7 })
    expect(peak.sessions).toBeLessThanOrEqual(7)
  })
})

describe('without time', () => {
  it('for a revoke after the search: the person goes back at once if anybody was revoked', async () => {
    const world = createSessionsWorld({ config: { functionTimeoutMs: 4000, revocationsPerSecond: 10 } })
    for (const email of people(50)) world.members.add(email)
    await world.handle([sessionsEvent(people(50))])
    const [deferred] = world.deferred()
    expect(deferred).toMatchObject({ delaySeconds: 0, event: { attempts: 0 } })
    expect(deferred?.event.data.members.length).toBeLessThan(50)
    expect(world.rows.size).toBe(50 - (deferred?.event.data.members.length ?? 0))
  })

  it('for anything but a search: the person waits longer each time', async () => {
    const world = createSessionsWorld({ config: { functionTimeoutMs: 3000 } })
    world.members.add(ADA)
    world.stytch = async ({ endpoint }) => {
      if (endpoint === 'members') await world.clock.sleep(990)
      return undefined
    }
    await world.handle([sessionsEvent([ADA])])
    expect(world.callsOf('revoke')).toEqual([])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'out_of_time' }])
    expect(world.deferred()).toMatchObject([{ delaySeconds: 12, event: { attempts: 1 } }])
  })
})

describe('in an outage', () => {
  it.each(['organizations', 'members', 'revoke', 'sessions'] as const)(
    'of %s: calling stops after 20 failures in a row, for a while, and nobody is lost',
    async (failing) => {
      const world = createSessionsWorld()
      for (const email of people(3000)) world.members.add(email)
      world.members.add(ADA)
      let down = true
      world.stytch = ({ endpoint }) => (down && endpoint === failing ? answers.json(503, {}) : undefined)
      await world.handle([sessionsEvent(people(3000))])
      expect(world.callsOf(failing).length).toBeLessThan(60)
      expect(world.recorder.total('StytchUnavailable')).toBeGreaterThan(0)
      expect(world.deferred().flatMap(({ event }) => event.data.members)).toHaveLength(3000 - world.rows.size)
      const before = world.callsOf(failing).length
      await world.handle([sessionsEvent([ADA])])
      expect(world.callsOf(failing)).toHaveLength(before)
      expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'deferred', code: 'http_503' })
      down = false
      world.clock.advance(120_000)
      await world.handle([sessionsEvent([ADA])])
      expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
    },
  )

  it('of read-backs: sessions end all the same, once, and are read back afterwards', async () => {
    const world = createSessionsWorld()
    for (const email of people(300)) world.members.add(email)
    world.stytch = ({ endpoint }) => (endpoint === 'sessions' ? answers.json(503, {}) : undefined)
    await world.handle([sessionsEvent(people(200))])
    await world.handle([sessionsEvent(people(300).slice(200))])
    expect(world.members.sessions).toEqual([])
    expect(world.rows.size).toBe(0)
    world.stytch = () => undefined
    world.clock.advance(600_000)
    await world.handle(world.deferred().map(({ event }) => event))
    expect(world.rows.size).toBe(300)
    expect(world.callsOf('revoke')).toHaveLength(300)
  })

  it('a pause that Stytch asks for at one endpoint is obeyed', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) =>
      endpoint === 'sessions' ? answers.error(429, 'too_many_requests', '600') : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(world.callsOf('sessions')).toHaveLength(1)
    expect(world.deferred()[0]?.delaySeconds).toBeGreaterThanOrEqual(599)
    world.stytch = () => success({})
  })
})
