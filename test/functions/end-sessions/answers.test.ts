import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { type SessionsCall, success, toSession } from '../../fakes/create-stytch-members.ts'

const ADA = 'ada@x.example'
const ENDPOINTS = ['organizations', 'members', 'revoke', 'sessions'] as const
const NAMES = { organizations: 'search', members: 'search', revoke: 'revoke', sessions: 'read-back' }
const MEMBER = 'member-test-acme-0'

/** A world in which one endpoint gives one answer to everything. */
async function worldAfter(endpoint: SessionsCall['endpoint'], answer: Answer, attempts = 0) {
  const world = createSessionsWorld()
  world.members.add(ADA)
  world.stytch = (call) => (call.endpoint === endpoint ? answer : undefined)
  await world.handle([sessionsEvent([ADA], { attempts })])
  return world
}

const everywhere = <Row extends readonly unknown[]>(rows: readonly Row[]) =>
  ENDPOINTS.flatMap((endpoint) => rows.map((row) => [endpoint, ...row] as const))

describe('an answer of each endpoint', () => {
  it.each(
    everywhere([
      [502, answers.json(502, {}), 'http_502', 3],
      [429, answers.error(429, 'too_many_requests'), 'too_many_requests', 3],
      [500, answers.error(500, 'internal_server_error'), 'internal_server_error', 3],
      ['no answer', answers.timeout(), 'timeout', 3],
      ['no connection', { kind: 'unreachable', code: 'unreachable' } as const, 'unreachable', 3],
      ['a page of a proxy', answers.json(403, { blocked: true }), 'http_403', 3],
      ['an empty object', answers.json(200, {}), 'invalid_response', 1],
      ['another 2xx', answers.json(202, { status_code: 200, request_id: 'r' }), 'invalid_response', 1],
    ]),
  )('%s, %s: is tried again, at once and then later', async (endpoint, _, answer, code, tries) => {
    const world = await worldAfter(endpoint, answer)
    expect(world.callsOf(endpoint)).toHaveLength(tries)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code }])
    expect(world.deferred()).toMatchObject([{ event: { attempts: 1 }, delaySeconds: 12 }])
    expect([world.rows.size, world.deadLetters()]).toEqual([0, []])
  })

  it.each(
    everywhere([
      ['a known refusal', answers.error(403, 'organization_suspended'), 'organization_suspended'],
      ['an unknown refusal', answers.error(400, 'brand_new'), 'stytch_error_brand_new'],
      ['a word of ours', answers.error(400, 'sessions_alive'), 'stytch_error_sessions_alive'],
    ]),
  )('%s, %s: is dead-lettered, with where and what Stytch refused', async (endpoint, _, answer, code) => {
    const world = await worldAfter(endpoint, answer)
    expect(world.callsOf(endpoint)).toHaveLength(1)
    expect(world.deadLetters()).toMatchObject([
      {
        attributes: {
          'failure-code': 'sessions_refused',
          'failure-detail': `${NAMES[endpoint]}: ${code}`,
          'stytch-request-id': 'request-1',
        },
      },
    ])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'dead_lettered', code: 'sessions_refused' }])
    expect([world.rows.size, world.deferred()]).toEqual([0, []])
  })

  it.each(
    everywhere([
      ['a wrong key', answers.error(401, 'unauthorized_credentials'), 'unauthorized_credentials'],
      ['a project that may not', answers.error(403, 'enterprise_endpoint'), 'enterprise_endpoint'],
    ]),
  )('%s, %s: is a configuration fault, which waits', async (endpoint, _, answer, code) => {
    const world = await worldAfter(endpoint, answer)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code }])
    expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
    expect(world.recorder.total('ConfigurationFault')).toBe(1)
    expect([world.rows.size, world.deadLetters()]).toEqual([0, []])
  })

  it.each([
    ['revoke', 'session_not_found'],
    ['revoke', 'member_not_found'],
    ['sessions', 'session_not_found'],
    ['sessions', 'member_not_found'],
  ] as const)('%s, %s: says that no session is left', async (endpoint, errorType) => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.members.sessions = []
    world.stytch = (call) => (call.endpoint === endpoint ? answers.error(404, errorType) : undefined)
    await world.handle([sessionsEvent([ADA])])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
    expect(world.rows.size).toBe(1)
  })

  it('a refused revoke does not pass for done, whatever the read-back says', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.members.sessions = []
    world.stytch = ({ endpoint }) =>
      endpoint === 'revoke' ? answers.error(400, 'invalid_member_id') : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'dead_lettered' }])
    expect(world.callsOf('sessions')).toEqual([])
  })

  it('a revoke that was not answered is made again', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) =>
      endpoint === 'revoke' && world.callsOf('revoke').length === 1 ? answers.timeout() : undefined
    await world.handle([sessionsEvent([ADA])])
    expect(world.callsOf('revoke')).toHaveLength(2)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
  })
})

describe('the read-back', () => {
  const beganAt = (iso: string) => success({ member_sessions: [toSession(MEMBER, iso)] })

  it('that still shows a session from before, twice: the next delivery revokes again', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) => (endpoint === 'revoke' ? success({}) : undefined)
    await world.handle([sessionsEvent([ADA])])
    expect(world.callsOf('revoke')).toHaveLength(1)
    expect(world.callsOf('sessions')).toHaveLength(2)
    expect(world.deferred()).toMatchObject([{ event: { data: { members: [{ found: [{ alive: true }] }] } } }])
    expect(world.recorder.lines).toMatchObject([
      { outcome: 'deferred', code: 'sessions_alive', stytch_request_id: 'request-1' },
    ])
    expect(world.rows.size).toBe(0)
  })

  it('that shows none after the second revoke: is done', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) =>
      endpoint === 'revoke' && world.callsOf('revoke').length === 1 ? success({}) : undefined
    await world.handle([sessionsEvent([ADA])])
    await world.handle(world.deferred().map(({ event }) => event))
    expect(world.callsOf('revoke')).toHaveLength(2)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred' }, { outcome: 'ended' }])
  })

  it('about somebody else: is not taken', async () => {
    const bobs = success({ member_sessions: [toSession('member-test-bob', '2026-11-20T11:00:00Z')] })
    const world = await worldAfter('sessions', bobs)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'response_mismatch' }])
  })

  it.each([
    ['with a moment that can not be read', toSession(MEMBER, 'yesterday')],
    ['without a moment', { member_id: MEMBER }],
  ])('%s: is not taken', async (_, session) => {
    const world = await worldAfter('sessions', success({ member_sessions: [session] }))
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'invalid_response' }])
  })

  /** Stytch's clock says `date` in its answer to the revoke; a session that began at `began` is still there. */
  async function outcomeWith(date: string | undefined, began: string) {
    const world = createSessionsWorld()
    world.members.add(ADA)
    world.stytch = ({ endpoint }) => {
      if (endpoint === 'sessions') return beganAt(began)
      return endpoint === 'revoke' ? ({ ...success({}), date } as Answer) : undefined
    }
    await world.handle([sessionsEvent([ADA])])
    return world.recorder.lines[0]?.outcome
  }

  it.each([
    ['Fri, 20 Nov 2026 13:00:00 GMT', '2026-11-20T12:59:59Z', 'deferred'],
    ['Fri, 20 Nov 2026 13:00:00 GMT', '2026-11-20T13:00:00.999Z', 'deferred'],
    ['Fri, 20 Nov 2026 13:00:00 GMT', '2026-11-20T13:00:01Z', 'ended'],
    ['Fri, 20 Nov 2026 11:00:00 GMT', '2026-11-20T11:30:00Z', 'ended'],
    ['Fri, 20 Nov 2026 11:00:00 GMT', '2026-11-20T10:59:59Z', 'deferred'],
  ])('judges by the clock of Stytch, not ours: at %s, one from %s: %s', async (date, began, outcome) => {
    expect(await outcomeWith(date, began)).toBe(outcome)
  })

  it.each([
    [undefined, '2026-11-20T11:59:59Z', 'deferred'],
    [undefined, '2026-11-20T12:01:00Z', 'ended'],
    ['a moment ago', '2026-11-20T11:59:59Z', 'deferred'],
    ['a moment ago', '2026-11-20T12:01:00Z', 'ended'],
  ])('judges by our clock when Stytch names none: at %s, one from %s: %s', async (date, began, outcome) => {
    expect(await outcomeWith(date, began)).toBe(outcome)
  })
})

describe('several members of one person', () => {
  it('of whom one is not done yet: the next delivery logs only that one out', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA, 'one', 'two', 'three')
    let down = true
    world.stytch = ({ endpoint, memberId }) =>
      down && endpoint === 'revoke' && memberId.includes('two') ? answers.json(503, {}) : undefined
    await world.handle([sessionsEvent([ADA])])
    const [deferred] = world.deferred()
    expect(deferred?.event.data.members).toMatchObject([
      {
        email_address: ADA,
        found: [
          { member_id: 'member-test-one-0', revoked_at: expect.any(String) },
          { member_id: 'member-test-two-1' },
          { member_id: 'member-test-three-2', revoked_at: expect.any(String) },
        ],
      },
    ])
    expect(world.rows.size).toBe(0)
    down = false
    world.calls.length = 0
    if (deferred) await world.handle([deferred.event])
    expect(world.callsOf('revoke').map(({ memberId }) => memberId)).toEqual(['member-test-two-1'])
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
  })

  it('of whom Stytch refuses one: the others are logged out before the person is dead-lettered', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA, 'one', 'two')
    let down = true
    world.stytch = ({ endpoint, memberId }) => {
      if (endpoint !== 'revoke') return undefined
      if (memberId.includes('one')) return answers.error(403, 'organization_suspended')
      return down ? answers.json(503, {}) : undefined
    }
    await world.handle([sessionsEvent([ADA])])
    expect(world.deadLetters()).toEqual([])
    down = false
    const [deferred] = world.deferred()
    if (deferred) await world.handle([deferred.event])
    expect(world.members.sessions).toMatchObject([{ memberId: 'member-test-one-0' }])
    expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': 'sessions_refused' } }])
  })
})
