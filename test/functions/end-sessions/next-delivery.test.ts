import { describe, expect, it } from 'vitest'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { success } from '../../fakes/create-stytch-members.ts'

const ADA = 'ada@x.example'

type World = ReturnType<typeof createSessionsWorld>

/** Delivers what was deferred, again and again, at most `times`. */
async function deliverAgain(world: World, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const events = world.deferred().map(({ event }) => event)
    if (events.length === 0) return
    world.sent.sessions = []
    await world.handle(events)
  }
}

/** A person of two members, of whom Stytch could not revoke the second yet. */
async function oneOfTwoRevoked(): Promise<World> {
  const world = createSessionsWorld()
  world.members.add(ADA, 'one', 'two')
  world.stytch = ({ endpoint, memberId }) =>
    endpoint === 'revoke' && memberId.includes('two') ? answers.json(503, {}) : undefined
  await world.handle([sessionsEvent([ADA])])
  return world
}

const revokedOf = (world: World) => world.callsOf('revoke').map(({ memberId }) => memberId)

describe('the next delivery of a person', () => {
  it('reads back first, and logs nobody out who has signed in since the revoke', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    let down = true
    world.stytch = ({ endpoint }) => (down && endpoint === 'sessions' ? answers.json(500, {}) : undefined)
    await world.handle([sessionsEvent([ADA])])
    await deliverAgain(world, 5)
    world.members.open('member-test-acme-0', new Date(world.clock.now()).toISOString())
    down = false
    await deliverAgain(world, 1)
    expect(revokedOf(world)).toEqual(['member-test-acme-0'])
    expect(world.members.sessions).toHaveLength(1)
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('ends the session of a member whom the search shows no more', async () => {
    const world = await oneOfTwoRevoked()
    world.members.all.pop()
    world.stytch = () => undefined
    await deliverAgain(world, 1)
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('ends what the session of another member was exchanged for meanwhile', async () => {
    const world = await oneOfTwoRevoked()
    world.members.open('member-test-one-0', new Date(world.clock.now() + 5000).toISOString())
    world.clock.advance(60_000)
    world.stytch = () => undefined
    await deliverAgain(world, 2)
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('reads back whom it knows to be logged out, also when another delivery has ended the person', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA, 'one', 'two')
    world.stytch = ({ endpoint, memberId }) =>
      endpoint === 'sessions' || memberId.includes('two') ? answers.json(503, {}) : undefined
    await world.handle([sessionsEvent([ADA])])
    const known = world.deferred().map(({ event }) => event)
    world.stytch = () => undefined
    await world.handle([sessionsEvent([ADA])])
    const before = revokedOf(world).length
    world.members.open('member-test-one-0', '2026-11-20T11:00:00Z')
    world.members.open('member-test-two-0', '2026-11-20T11:00:00Z')
    world.sent.sessions = []
    await world.handle(known)
    expect(revokedOf(world)).toHaveLength(before)
    await deliverAgain(world, 1)
    expect(revokedOf(world).slice(before)).toEqual(['member-test-one-0'])
    expect(world.members.sessions).toMatchObject([{ memberId: 'member-test-two-0' }])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'skipped', code: 'sessions_covered' })
  })

  it('reads back whom there was no time for, of a person in more organizations than one invocation can read', async () => {
    const world = createSessionsWorld({ config: { readBacksPerSecond: 2 } })
    world.members.add(ADA, ...Array.from({ length: 250 }, (_, index) => `o${index}`))
    await world.handle([sessionsEvent([ADA])])
    await deliverAgain(world, 1)
    expect(world.deferred()).toMatchObject([{ delaySeconds: 0, event: { attempts: 0 } }])
    await deliverAgain(world, 1)
    expect(world.recorder.lines.map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred', 'ended'])
    expect(world.callsOf('sessions')).toHaveLength(250)
  })

  it('counts the searches that found nobody, and nothing else', async () => {
    const world = createSessionsWorld()
    await world.handle([sessionsEvent([ADA], { attempts: 20 })])
    await deliverAgain(world, 5)
    expect(world.recorder.lines.map(({ outcome }) => outcome)).toEqual(Array(6).fill('deferred'))
    await deliverAgain(world, 1)
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'skipped', code: 'no_member_found' })
  })
})

describe('a read-back that lags behind', () => {
  it('is repeated after a second, before anybody is logged out again', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    const [open] = world.members.sessions
    let looks = 0
    world.stytch = ({ endpoint }) =>
      endpoint === 'sessions' && looks++ === 0
        ? success({ member_sessions: [{ member_id: open?.memberId, started_at: open?.startedAt }] })
        : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(revokedOf(world)).toHaveLength(1)
    const [first, second] = world.callsOf('sessions')
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
  })
})

describe('a session that survives a revoke', () => {
  /** A person of two members. The session of the first survives a revoke. `before` happens before each other call to Stytch. */
  function oneSurvives(before: World['stytch']): World {
    const world = createSessionsWorld()
    world.members.add(ADA, 'one', 'two')
    let survives = true
    world.stytch = (call) => {
      if (!survives || call.endpoint !== 'revoke' || !call.memberId.includes('one')) return before(call)
      survives = false
      return { ...success({}), date: new Date(world.clock.now()).toUTCString() }
    }
    return world
  }
  const signIn = (world: World, memberId = 'member-test-two-1') =>
    world.members.open(memberId, new Date(world.clock.now()).toISOString())
  const endsOf = ({ recorder }: World) => recorder.lines.map(({ outcome, code }) => code ?? outcome)

  it('ends, and so does the one that it is exchanged for before the next revoke', async () => {
    const world = oneSurvives(({ endpoint, memberId }) => {
      if (endpoint === 'revoke' && memberId.includes('one')) signIn(world)
      return undefined
    })
    await world.handle([sessionsEvent([ADA])])
    await deliverAgain(world, 2)
    expect(world.members.sessions).toEqual([])
    expect(endsOf(world)).toEqual(['sessions_alive', 'sessions_alive', 'ended'])
  })

  it('ends, and so does the one that it is exchanged for while a second revoke is not answered', async () => {
    let isDown = true
    const world = oneSurvives(async ({ endpoint, memberId }) => {
      if (!isDown || memberId !== 'member-test-two-1') return undefined
      const isOpen = world.members.sessions.some((session) => session.memberId === memberId)
      if (endpoint === 'sessions' && !isOpen) signIn(world)
      if (endpoint === 'sessions' || world.callsOf('sessions').length === 0) return undefined
      await world.clock.sleep(1000)
      if (isOpen) signIn(world, 'member-test-one-0')
      world.members.sessions = world.members.sessions.filter((session) => session.memberId !== memberId)
      return answers.timeout()
    })
    await world.handle([sessionsEvent([ADA])])
    await deliverAgain(world, 1)
    expect(world.members.sessions).toHaveLength(1)
    isDown = false
    await deliverAgain(world, 4)
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('ends, and so does the one that it is exchanged for, when the delivery that revokes again is lost', async () => {
    const world = oneSurvives(() => undefined)
    await world.handle([sessionsEvent([ADA])])
    const known = world.deferred().map(({ event }) => event)
    for (const session of world.members.sessions) session.memberId = 'member-test-two-1'
    await world.handle(known)
    world.sent.sessions = []
    await world.handle(known)
    await deliverAgain(world, 1)
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('costs somebody who is signed in as another member one log-out', async () => {
    let isDown = true
    const world = oneSurvives(({ endpoint }) =>
      isDown && endpoint === 'sessions' ? answers.json(500, {}) : undefined,
    )
    await world.handle([sessionsEvent([ADA])])
    world.clock.advance(60_000)
    signIn(world)
    isDown = false
    await deliverAgain(world, 2)
    expect(world.members.sessions).toEqual([])
    expect(endsOf(world)).toEqual(['http_500', 'sessions_alive', 'ended'])
  })
})

describe('a search', () => {
  const crowd = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@x.example`)
  const sizes = (world: World) => world.callsOf('organizations').map(({ emails }) => emails.length)

  it('that takes Stytch too long is about fewer people the next time, and about more again later', async () => {
    const world = createSessionsWorld()
    const people = crowd(100)
    for (const email of people) world.members.add(email)
    world.stytch = ({ endpoint, emails }) =>
      endpoint === 'organizations' && emails.length > 30 ? answers.timeout() : undefined
    await world.handle([sessionsEvent(people)])
    await deliverAgain(world, 5)
    expect(world.members.sessions).toEqual([])
    world.stytch = () => undefined
    for (let index = 0; index < 10; index++) await world.handle([sessionsEvent([`q${index}@x.example`])])
    await world.handle([sessionsEvent(crowd(100).map((email) => `r-${email}`))])
    expect(Math.max(...sizes(world).slice(-3))).toBe(100)
  })

  it('that is not made, because log-outs fail, says nothing about how many people are too many', async () => {
    const world = createSessionsWorld()
    const people = crowd(100)
    for (const email of people) world.members.add(email)
    world.stytch = ({ endpoint }) => (endpoint === 'revoke' ? answers.json(503, {}) : undefined)
    for (let index = 0; index < 4; index++) await world.handle([sessionsEvent(people)])
    world.clock.advance(600_000)
    world.stytch = () => undefined
    await world.handle([sessionsEvent(people)])
    expect(sizes(world)).toEqual([100, 100])
    expect(world.members.sessions).toEqual([])
  })

  it('whose pages go round in a circle is of no use, and is made again later', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) =>
      endpoint === 'organizations'
        ? success({ organizations: [], results_metadata: { total: -1, next_cursor: 'again' } })
        : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(world.callsOf('organizations')).toHaveLength(2)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'invalid_response' }])
  })

  it('with a page larger than Stytch documents is of no use', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    const organizations = crowd(1001).map((organization_id) => ({ organization_id }))
    world.stytch = ({ endpoint }) =>
      endpoint === 'organizations' ? success({ organizations, results_metadata: { total: 1 } }) : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'invalid_response' }])
  })

  it('for which there was no time waits longer each time, if nobody was logged out meanwhile', async () => {
    const world = createSessionsWorld({ config: { searchesPerMinute: 2 } })
    world.members.add(ADA)
    await world.handle([sessionsEvent([ADA])])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'out_of_time' }])
    expect(world.deferred()).toMatchObject([{ event: { attempts: 1 }, delaySeconds: expect.any(Number) }])
  })
})
