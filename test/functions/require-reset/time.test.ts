import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
describe('time', () => {
  it('starts no call that could outlive the invocation, and defers the rest without delay', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 10, functionTimeoutMs: 4000 } })
    await world.handle([resetEvent(people(50))])
    const begun = Date.parse('2026-11-20T12:00:00Z')
    expect(Math.max(...world.calls.map(({ at }) => at))).toBeLessThanOrEqual(begun + 2000)
    const [remainder] = world.deferred()
    expect(remainder).toMatchObject({ event: { attempts: 0 } })
    expect(remainder?.delaySeconds).toBe(0)
    expect(world.calls.length + (remainder?.event.data.members.length ?? 0)).toBe(50)
  })

  it('does not hurry when an invocation could call nobody', async () => {
    const world = createResetWorld({ config: { functionTimeoutMs: 2001 } })
    await world.handle([resetEvent(people(3))])
    expect(world.deferred()).toMatchObject([{ delaySeconds: 12, event: { attempts: 1 } }])
  })

  it('counts the retry horizon from the first try, hop after hop, within one group', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([resetEvent(['ada@x.example'])])
    world.clock.advance(600_000)
    for (const { event } of world.deferred()) await world.handle([event])
    const hops = world.deferred()
    expect(hops.map(({ event }) => event.attempts)).toEqual([1, 2])
    expect(hops[1]?.event.firsttriedat).toBe(hops[0]?.event.firsttriedat)
    expect(hops[0]?.groupId).toMatch(/^[0-9a-f]{64}$/)
    expect(hops[1]?.groupId).toBe(hops[0]?.groupId)
  })

  it('gives a member up, with the last reason, when the retry horizon has passed', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([
      resetEvent(['ada@x.example'], { attempts: 99, firsttriedat: '2026-11-19T12:00:00.000Z' }),
    ])
    expect(world.sent.reset).toEqual([])
    expect(world.deadLetters()).toMatchObject([
      { attributes: { 'failure-code': 'server_unavailable', attempts: '100' } },
    ])
  })

  it('reports of people it gives up that the reset may have happened, if any call of any delivery was not answered', async () => {
    const world = createResetWorld()
    const [hung = '', refused = ''] = people(2)
    const answersOf = { [hung]: [answers.timeout()], [refused]: [] as Answer[] }
    world.stytch = (email) => answersOf[email]?.shift() ?? answers.error(503, 'server_unavailable')
    await world.handle([resetEvent([hung, refused])])
    for (const { event } of world.deferred()) {
      await world.handle([{ ...event, attempts: 99, firsttriedat: '2026-11-19T12:00:00.000Z' }])
    }
    const details = world.deadLetters().map(({ attributes }) => attributes?.['failure-detail'])
    expect(details).toEqual([
      expect.stringMatching(/horizon ended: the reset may have happened, check before redriving$/),
      expect.stringMatching(/horizon ended$/),
    ])
    expect(JSON.stringify(world.deadLetters())).not.toContain('uncertain')
  })

  it.each<[string, Answer[], string | undefined]>([
    ['answered with an unusable body', [answers.json(200, {})], undefined],
    ['refused at the next try', [answers.timeout(), answers.error(400, 'invalid_email')], undefined],
    ['found nowhere at the next try', [answers.timeout(), answers.error(404, 'member_not_found')], undefined],
    ['never answered', [answers.timeout(), answers.timeout(), answers.timeout()], '2026-11-19T12:00:00.000Z'],
  ])(
    'says in the dead letter of who was %s that the reset may have happened',
    async (_, given, firsttriedat) => {
      const world = createResetWorld()
      world.stytch = () => given.shift() ?? answers.error(503, 'server_unavailable')
      await world.handle([resetEvent(['ada@x.example'], firsttriedat ? { firsttriedat } : {})])
      const [letter] = world.deadLetters()
      expect(letter?.attributes?.['failure-detail']).toMatch(
        /the reset may have happened, check before redriving$/,
      )
    },
  )

  it("defers a refusal that is not the member's fault, with what is known of an unanswered call", async () => {
    const world = createResetWorld({ config: { callsInFlight: 1 } })
    let calls = 0
    world.stytch = () => (++calls === 1 ? answers.timeout() : answers.error(403, 'brand_new'))
    await world.handle([resetEvent(people(25))])
    const marked = world.deferred().flatMap(({ event }) => event.data.members.filter((row) => row.uncertain))
    expect(marked).toMatchObject([{ email_address: 'm0@x.example' }])
    expect(world.deadLetters()).toEqual([])
  })

  it('resets nobody past expirytime', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(2), { expirytime: '2026-11-20T11:59:59Z' })])
    expect(world.calls).toEqual([])
    expect(world.deadLetters().map(({ attributes }) => attributes?.['failure-code'])).toEqual([
      'expired',
      'expired',
    ])
  })

  it('sleeps no longer after a failure than calls may still start', async () => {
    const world = createResetWorld({
      config: { functionTimeoutMs: 2000, callTimeoutMs: 10, settleReserveMs: 1000 },
    })
    world.stytch = async () => {
      if (world.calls.length === 1) await world.clock.sleep(955)
      return answers.timeout()
    }
    const begun = world.clock.now()
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.clock.now() - begun).toBeLessThanOrEqual(2000 - 1000)
  })

  it('does not wait for its slots once calling has stopped', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 1 } })
    world.stytch = () => answers.error(401, 'unauthorized_credentials')
    const begun = world.clock.now()
    await world.handle([resetEvent(people(40))])
    expect(world.clock.now() - begun).toBeLessThanOrEqual(1040 + 250)
    world.stytch = () => answers.reset()
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls.at(-1)?.at).toBeLessThanOrEqual(begun + 2500)
  })
})
