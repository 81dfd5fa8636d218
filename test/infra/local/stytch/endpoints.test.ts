import { describe, expect, it, vi } from 'vitest'
import type { FaultRule } from '../../../../infra/local/stytch/faults.ts'
import type { StytchSimulatorOptions } from '../../../../infra/local/stytch/simulator.ts'
import { startProject } from './start-project.ts'

const ANN = 'ann@x.test'
const ENDPOINTS = ['search_organizations', 'search_members', 'revoke', 'read_back'] as const

/** Ann, with a password and a session, and these faults in force. */
async function startWithAnn(options: Partial<StytchSimulatorOptions> = {}, ...rules: FaultRule[]) {
  const project = await startProject(options)
  const ann = project.addPerson(ANN)
  project.stytch.addSession({ email: ANN })
  for (const rule of rules) project.stytch.fault(rule)
  const isSignedIn = () => project.stytch.sessions().some(({ revokedAt }) => revokedAt === undefined)
  return { ...project, ann, ask: project.askAboutSessions(ann), isSignedIn }
}

it('records every request to find or end sessions, apart from those to require_reset', async () => {
  const { stytch, ann, ask, requireReset } = await startWithAnn({ now: () => 5000 })
  for (const endpoint of ENDPOINTS) await ask[endpoint]()
  await ask.revoke()
  await requireReset(ANN)
  const common = { at: 5000, status: 200, requestId: expect.stringMatching(/^request-id-test-/) }
  const { memberId } = ann
  expect(stytch.sessionCalls()).toEqual([
    { ...common, endpoint: 'search_organizations', emails: 1 },
    { ...common, endpoint: 'search_members', emails: 1 },
    { ...common, endpoint: 'revoke', memberId, revoked: 1 },
    { ...common, endpoint: 'read_back', memberId },
    { ...common, endpoint: 'revoke', memberId, revoked: 0 },
  ])
  expect(stytch.calls()).toMatchObject([{ email: ANN, effect: 'deleted' }])
})

it("shows the simulator's own clock in the Date header", async () => {
  let now = Date.parse('2026-05-01T12:00:00.900Z')
  const { ask, requireReset, send, stytch } = await startWithAnn({ now: () => now })
  const date = 'Fri, 01 May 2026 12:00:00 GMT'
  for (const reply of [await ask.revoke(), await requireReset(ANN), await send('GET', '/nowhere')])
    expect(reply.headers.date).toBe(date)
  now += 1000
  stytch.fault({ kind: 'server_error', endpoint: 'revoke' })
  expect((await ask.revoke()).headers.date).toBe('Fri, 01 May 2026 12:00:01 GMT')
})

describe('the rate', () => {
  const statuses = async (...requests: (() => Promise<{ status: number }>)[]) => {
    const answers: number[] = []
    for (const request of requests) answers.push((await request()).status)
    return answers
  }

  it('of searches counts both together in a whole minute', async () => {
    let now = 60_000
    const { ask } = await startWithAnn({ now: () => now, searchesPerMinute: 2 })
    const { search_organizations, search_members, read_back } = ask
    expect(await statuses(search_organizations, search_members)).toEqual([200, 200])
    now = 119_999
    expect(await statuses(search_organizations, search_members, read_back)).toEqual([429, 429, 200])
    now = 120_000
    expect(await statuses(search_members, search_members, search_members)).toEqual([200, 200, 429])
  })

  it.each([
    ['revoke', { revocationsPerSecond: 1 }],
    ['read_back', { readBacksPerSecond: 1 }],
  ] as const)('of %s counts in a whole second', async (endpoint, rate) => {
    let now = 5_900
    const { ask } = await startWithAnn({ now: () => now, ...rate })
    const other = endpoint === 'revoke' ? ask.read_back : ask.revoke
    expect(await statuses(ask[endpoint], ask[endpoint], other, other)).toEqual([200, 429, 200, 200])
    now = 6_000
    expect(await statuses(ask[endpoint])).toEqual([200])
  })

  it('refuses a revocation, which then ends nothing', async () => {
    const { ask, isSignedIn } = await startWithAnn({ now: () => 0, revocationsPerSecond: 0 })
    expect((await ask.revoke()).status).toBe(429)
    expect(isSignedIn()).toBe(true)
  })
})

it('accepts only its secret at every endpoint', async () => {
  const { stytch, ask, isSignedIn } = await startWithAnn()
  stytch.rotateSecret('secret-test-second')
  for (const endpoint of ENDPOINTS) expect((await ask[endpoint]()).status).toBe(401)
  expect(isSignedIn()).toBe(true)
})

describe('a fault', () => {
  it.each(ENDPOINTS)('of %s hits only that endpoint', async (endpoint) => {
    const { stytch, ask, requireReset } = await startWithAnn({}, { kind: 'html', endpoint })
    for (const one of ENDPOINTS) expect((await ask[one]()).status).toBe(one === endpoint ? 502 : 200)
    expect((await requireReset(ANN)).status).toBe(200)
    expect(stytch.sessionCalls().flatMap(({ fault }) => fault ?? [])).toEqual(['html'])
  })

  it('of any endpoint hits all, and of none only require_reset', async () => {
    const { stytch, ask, requireReset } = await startWithAnn({}, { kind: 'throttle' })
    for (const endpoint of ENDPOINTS) expect((await ask[endpoint]()).status).toBe(200)
    expect((await requireReset(ANN)).status).toBe(429)
    stytch.clearFaults()
    stytch.fault({ kind: 'throttle', endpoint: 'any' })
    for (const endpoint of ENDPOINTS) expect((await ask[endpoint]()).status).toBe(429)
    expect((await requireReset(ANN)).status).toBe(429)
  })

  it.each(ENDPOINTS)('of an e-mail hits a request to %s about it', async (endpoint) => {
    const rule = (email: string): FaultRule => ({ kind: 'throttle', endpoint: 'any', email })
    const { stytch, ask } = await startWithAnn({}, rule('bob@x.test'))
    expect((await ask[endpoint]()).status).toBe(200)
    stytch.fault(rule('Ann@x.test'))
    expect((await ask[endpoint]()).status).toBe(429)
  })

  it.each([
    [true, false],
    [false, true],
  ])('of a revocation ends sessions only after its effect (%s)', async (afterEffect, signedIn) => {
    const { stytch, ask, isSignedIn } = await startWithAnn(
      {},
      { kind: 'html', endpoint: 'revoke', afterEffect },
    )
    expect((await ask.revoke()).status).toBe(502)
    expect(isSignedIn()).toBe(signedIn)
    expect(stytch.sessionCalls()).toMatchObject([{ status: 502, ...(afterEffect && { revoked: 1 }) }])
  })

  it('delays a revocation, which then ends sessions before its answer only when the rule says so', async () => {
    const { stytch, ask, isSignedIn } = await startWithAnn()
    const rule = { kind: 'latency', endpoint: 'revoke', ms: 60_000, times: 1 } as const
    stytch.fault(rule)
    ask.revoke().catch(() => {})
    await vi.waitFor(() => expect(stytch.sessionCalls()).toMatchObject([{ fault: 'latency' }]))
    expect(isSignedIn()).toBe(true)
    stytch.fault({ ...rule, afterEffect: true })
    ask.revoke().catch(() => {})
    await vi.waitFor(() => expect(isSignedIn()).toBe(false))
  })

  it('lets sessions survive a revocation that was answered with 200', async () => {
    const { stytch, ask, requireReset } = await startWithAnn({}, { kind: 'sessions_survive', times: 1 })
    await requireReset(ANN)
    const { status, body } = await ask.revoke()
    expect([status, JSON.parse(body).status_code]).toEqual([200, 200])
    expect(stytch.sessionCalls()).toMatchObject([{ status: 200, fault: 'sessions_survive', revoked: 0 }])
    expect(JSON.parse((await ask.read_back()).body).member_sessions).toHaveLength(1)
    await ask.revoke()
    expect(JSON.parse((await ask.read_back()).body).member_sessions).toEqual([])
  })

  it('lets a page name somebody nobody asked for', async () => {
    const { ask, addPerson } = await startWithAnn({}, { kind: 'stranger_in_page' })
    const emails = async () =>
      JSON.parse((await ask.search_members()).body).members.map(
        ({ email_address }: { email_address: string }) => email_address,
      )
    expect(await emails()).toEqual([ANN, 'stranger@stranger.invalid'])
    addPerson('bob@x.test')
    expect(await emails()).toEqual([ANN, 'bob@x.test'])
  })
})
