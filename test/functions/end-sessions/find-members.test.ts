import { describe, expect, it } from 'vitest'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { type SessionsCall, success } from '../../fakes/create-stytch-members.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
const TOO_MANY = answers.error(400, 'search_filter_too_long')
const tooLarge = () => ({ kind: 'answered' as const, status: 200, body: undefined, retryAfter: undefined })

function worldOf(emails: readonly string[], organization = 'acme') {
  const world = createSessionsWorld()
  for (const email of emails) world.members.add(email, organization)
  return world
}
type World = ReturnType<typeof worldOf>

/** Stytch refuses more e-mails than that in one search. */
const limitEmails = (world: World, most: number, answer = () => TOO_MANY) => {
  world.stytch = ({ emails }) => (emails.length > most ? answer() : undefined)
}
const sizes = (calls: readonly SessionsCall[]) => calls.map(({ emails }) => emails.length)
const largest = (calls: readonly SessionsCall[]) => Math.max(...sizes(calls))

describe('the search for members', () => {
  it('is one for a hundred people, also of several records', async () => {
    const world = worldOf(people(250))
    await world.handle(people(10).map((_, i) => sessionsEvent(people(250).slice(25 * i, 25 * i + 25))))
    expect(world.members.sessions).toEqual([])
    expect(sizes(world.callsOf('organizations')).toSorted()).toEqual([100, 100, 50])
    expect(sizes(world.callsOf('members')).toSorted()).toEqual([100, 100, 50])
  })

  it('asks once for a person who is twice in the batch', async () => {
    const world = worldOf(['ada@x.example'])
    await world.handle([sessionsEvent(['ada@x.example', 'ADA@x.example']), sessionsEvent(['Ada@x.example'])])
    expect(world.callsOf('organizations')).toMatchObject([{ emails: ['ada@x.example'] }])
    expect(world.recorder.lines.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'ended',
      'sessions_covered',
    ])
  })

  it('does not ask for members where nobody is in any organization', async () => {
    const world = createSessionsWorld()
    await world.handle([sessionsEvent(people(3))])
    expect(world.callsOf('members')).toEqual([])
  })

  it('reads all pages of both searches', async () => {
    const world = createSessionsWorld()
    for (const [index, email] of people(7).entries()) world.members.add(email, `o${index % 5}`)
    world.members.pageSize = 2
    await world.handle([sessionsEvent(people(7))])
    expect(world.callsOf('organizations').map(({ cursor }) => cursor)).toEqual([undefined, '2', '4'])
    expect(world.callsOf('members').map(({ cursor }) => cursor)).toEqual([undefined, '2', '4', '6'])
    expect(world.members.sessions).toEqual([])
  })

  it('logs nobody out when a later page fails, instead of half of somebody', async () => {
    const world = createSessionsWorld()
    world.members.add('ada@x.example', 'one', 'two')
    world.members.pageSize = 1
    world.stytch = ({ endpoint, cursor }) =>
      endpoint === 'members' && cursor ? answers.json(503, {}) : undefined
    await world.handle([sessionsEvent(['ada@x.example'])])
    expect(world.callsOf('revoke')).toEqual([])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'http_503' }])
  })

  it('drops and counts members with an e-mail that nobody asked for', async () => {
    const world = worldOf(['ada@x.example', 'bob@x.example'])
    const [ada, bob] = world.members.all.map(({ memberId, organizationId, emailAddress }) => ({
      ...{ member_id: memberId, organization_id: organizationId, email_address: emailAddress },
    }))
    world.stytch = ({ endpoint }) =>
      endpoint === 'members' ? success({ members: [ada, bob, bob], results_metadata: {} }) : undefined
    await world.handle([sessionsEvent(['ada@x.example'])])
    expect(world.callsOf('revoke').map(({ memberId }) => memberId)).toEqual([ada?.member_id])
    expect(world.recorder.values('StytchNamedStranger')).toEqual([2])
    expect(JSON.stringify(world.recorder.notes)).not.toContain('bob')
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
  })
})

describe('more e-mails than Stytch takes in a search', () => {
  it.each([
    ['refuses them', () => TOO_MANY],
    ['gives an answer that is too large', tooLarge],
  ])('are searched fewer at a time, when it %s', async (_, answer) => {
    const world = worldOf(people(90))
    limitEmails(world, 30, answer)
    await world.handle([sessionsEvent(people(90))])
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.total('SessionsEnded')).toBe(90)
  })

  it('are remembered by the environment, so that the next search has no more', async () => {
    const world = worldOf(people(100))
    limitEmails(world, 30)
    await world.handle([sessionsEvent(people(100))])
    world.rows.clear()
    world.calls.length = 0
    await world.handle([sessionsEvent(people(100))])
    expect(largest(world.calls)).toBeLessThanOrEqual(30)
    expect(world.recorder.total('SessionsEnded')).toBe(200)
  })

  it('are no configuration fault in a batch of 2,500 people that an environment begins with', async () => {
    const all = people(2500)
    const world = worldOf(all)
    limitEmails(world, 10)
    await world.handle(Array.from({ length: 100 }, (_, i) => sessionsEvent(all.slice(25 * i, 25 * i + 25))))
    expect(world.recorder.total('ConfigurationFault')).toBe(0)
    expect(world.recorder.total('SessionsEnded')).toBe(2500)
    expect(world.calls.filter(({ emails }) => emails.length > 10).length).toBeLessThan(20)
  })

  it('one address that Stytch refuses is dead-lettered, beside good ones whose sessions end', async () => {
    const world = worldOf(people(100))
    world.stytch = ({ emails }) =>
      emails.includes('m42@x.example') ? answers.error(400, 'brand_new_error') : undefined
    await world.handle([sessionsEvent(people(100))])
    expect(world.recorder.total('SessionsEnded')).toBe(99)
    expect(world.deadLetters()).toMatchObject([
      {
        attributes: {
          'failure-code': 'sessions_refused',
          'failure-detail': 'search: stytch_error_brand_new_error',
          'stytch-request-id': 'request-1',
        },
        body: { data: { members: [{ email_address: 'm42@x.example' }] } },
      },
    ])
    world.rows.clear()
    world.calls.length = 0
    await world.handle([sessionsEvent(people(100))])
    expect(largest(world.calls)).toBe(100)
  })

  it('are not the reason when a search only fails for a while: it is not divided', async () => {
    const world = worldOf(people(8))
    world.stytch = () => answers.json(503, {})
    await world.handle([sessionsEvent(people(8))])
    expect(sizes(world.calls)).toEqual([8, 8, 8])
  })
})

describe('more organizations than Stytch takes in a search', () => {
  it('are asked about fewer at a time, for a person who is in all of them', async () => {
    const world = createSessionsWorld()
    world.members.add('юля@x.example', ...Array.from({ length: 50 }, (_, i) => `o${i}`))
    world.stytch = ({ organizationIds }) => (organizationIds.length > 10 ? TOO_MANY : undefined)
    await world.handle([sessionsEvent(['ЮЛЯ@x.example'])])
    expect(world.members.sessions).toEqual([])
    expect(world.callsOf('revoke')).toHaveLength(50)
  })

  it('are never more than a thousand in one search', async () => {
    const world = createSessionsWorld()
    world.members.add('ada@x.example', ...Array.from({ length: 1500 }, (_, i) => `o${i}`))
    await world.handle([sessionsEvent(['ada@x.example'])])
    expect(world.callsOf('members').map(({ organizationIds }) => organizationIds.length)).toEqual([750, 750])
    expect(world.members.sessions).toEqual([])
  })

  it('are refused in the end if Stytch refuses one', async () => {
    const world = createSessionsWorld()
    world.members.add('ada@x.example', 'one', 'two', 'three')
    world.stytch = ({ endpoint }) => (endpoint === 'members' ? TOO_MANY : undefined)
    await world.handle([sessionsEvent(['ada@x.example'])])
    expect(world.callsOf('revoke')).toEqual([])
    expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': 'sessions_refused' } }])
  })
})
