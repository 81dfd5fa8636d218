import { describe, expect, it, vi } from 'vitest'
import { createFaultList } from '../../../../infra/local/stytch/fault-list.ts'
import type { FaultRule } from '../../../../infra/local/stytch/faults.ts'
import { startProject } from './start-project.ts'

const ANN = 'ann@x.test'

/** One member with a password, and these faults in force. */
async function startFaulty(...rules: FaultRule[]) {
  const project = await startProject()
  const member = project.addPerson(ANN)
  for (const rule of rules) project.stytch.fault(rule)
  return { ...project, member }
}

const stytchError = (status: number, type: string) =>
  expect.stringMatching(
    `^{"status_code":${status},"request_id":"request-id-test-[^"]+","error_type":"${type}"`,
  )

describe('a bad answer', () => {
  it.each<[FaultRule, number, unknown, contentType?: string]>([
    [{ kind: 'throttle' }, 429, stytchError(429, 'too_many_requests')],
    [{ kind: 'server_error' }, 500, stytchError(500, 'internal_server_error')],
    [{ kind: 'server_error', status: 499 }, 499, stytchError(499, 'client_closed_request')],
    [{ kind: 'server_error', status: 503 }, 503, stytchError(503, 'server_unavailable')],
    [{ kind: 'error', status: 409, errorType: 'never_seen' }, 409, stytchError(409, 'never_seen')],
    [{ kind: 'html' }, 502, expect.stringMatching(/^<html>/), 'text/html'],
    [{ kind: 'html', status: 403 }, 403, expect.stringMatching(/^<html>/), 'text/html'],
    [{ kind: 'html', status: 200 }, 200, expect.stringMatching(/^<html>/), 'text/html'],
    [{ kind: 'not_json' }, 200, 'OK', 'text/plain'],
    [{ kind: 'wrong_json' }, 200, '{"surprise":true}'],
    [{ kind: 'wrong_email' }, 200, expect.stringContaining('"email_address":"stranger-ann@x.test"')],
  ])(
    'for %j has the status %i, and nothing is reset',
    async (rule, status, body, type = 'application/json') => {
      const { stytch, requireReset } = await startFaulty(rule)
      expect(await requireReset(ANN)).toMatchObject({ status, body, headers: { 'content-type': type } })
      expect(stytch.password(ANN).state).toBe('usable')
      expect(stytch.calls()).toMatchObject([{ status, effect: 'none', fault: rule.kind }])
    },
  )

  it('says when to come back only if the rule does', async () => {
    const { requireReset } = await startFaulty(
      { kind: 'throttle', retryAfter: 7, times: 1 },
      { kind: 'throttle' },
    )
    expect((await requireReset(ANN)).headers['retry-after']).toBe('7')
    expect((await requireReset(ANN)).headers['retry-after']).toBeUndefined()
  })

  it('may redirect, and a caller who follows is recorded', async () => {
    const { stytch, requireReset, send } = await startFaulty({ kind: 'redirect' })
    expect(await requireReset(ANN)).toMatchObject({ status: 302, headers: { location: '/maintenance' } })
    await send('GET', '/maintenance')
    expect(stytch.calls().map(({ status }) => status)).toEqual([302, 404])
  })

  it('may be about another member with the same e-mail', async () => {
    const { member, requireReset } = await startFaulty({ kind: 'wrong_member' })
    const body = JSON.parse((await requireReset(ANN)).body)
    expect(body.member).toMatchObject({ email_address: ANN, member_id: body.member_id })
    expect(body.member_id).not.toBe(member.memberId)
  })

  it('comes after the reset when the rule says so', async () => {
    const { stytch, requireReset } = await startFaulty({ kind: 'html', afterEffect: true })
    expect((await requireReset(ANN)).status).toBe(502)
    expect(stytch.password(ANN).state).toBe('none')
    expect(stytch.calls()).toMatchObject([{ status: 502, effect: 'deleted', fault: 'html' }])
  })

  it('resets nothing for a wrong secret', async () => {
    const { stytch, requireReset } = await startFaulty({ kind: 'html', afterEffect: true })
    await requireReset(ANN, {}, 'wrong')
    expect(stytch.password(ANN).state).toBe('usable')
  })
})

describe('latency', () => {
  it('answers late, and resets only then', async () => {
    const { stytch, requireReset } = await startFaulty({ kind: 'latency', minMs: 200, maxMs: 400 })
    const started = performance.now()
    const reply = requireReset(ANN)
    await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ fault: 'latency' }]), { interval: 1 })
    expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'none' }])
    expect((await reply).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(190)
    expect(stytch.calls()).toMatchObject([{ status: 200, effect: 'deleted' }])
  })

  it('resets before a late answer when the rule says so', async () => {
    const { stytch, requireReset } = await startFaulty({ kind: 'latency', ms: 60_000, afterEffect: true })
    requireReset(ANN).catch(() => {})
    await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'deleted' }]))
  })

  it('goes together with another fault', async () => {
    const { stytch, requireReset } = await startFaulty({ kind: 'throttle' }, { kind: 'latency', ms: 1 })
    expect((await requireReset(ANN)).status).toBe(429)
    expect(stytch.calls()).toMatchObject([{ fault: 'latency+throttle' }])
  })
})

describe('the rules in force', () => {
  const kindsFor = (faults: ReturnType<typeof createFaultList>, ...names: string[]) =>
    names.map((name) => faults.pick('require_reset', [`${name}@x.test`]).fault?.kind)

  it('hit as often as they say, oldest first, for the e-mail that they name in any case', () => {
    const faults = createFaultList(() => 0)
    faults.add({ kind: 'hang', email: 'Ann@x.test', times: 1 })
    faults.add({ kind: 'html', times: 2 })
    faults.add({ kind: 'not_json', email: 'ann@x.test' })
    const hits = ['hang', 'html', 'html', 'not_json', undefined]
    expect(kindsFor(faults, 'ann', 'lin', 'ann', 'ann', 'lin')).toEqual(hits)
  })

  it('hit a search for several e-mails when they name one of them', () => {
    const faults = createFaultList(() => 0)
    faults.add({ kind: 'html', endpoint: 'any', email: 'lin@x.test' })
    expect(faults.pick('search_members', ['ann@x.test', 'lin@x.test']).fault?.kind).toBe('html')
    expect(faults.pick('search_members', ['ann@x.test']).fault).toBeUndefined()
  })

  it('hit every request until they are cleared', () => {
    const faults = createFaultList(() => 0)
    faults.add({ kind: 'throttle' })
    expect(kindsFor(faults, 'ann', 'lin')).toEqual(['throttle', 'throttle'])
    faults.clear()
    expect(kindsFor(faults, 'ann')).toEqual([undefined])
  })

  it('hit the share of requests that they name', () => {
    const draws = [0.2, 0.3, 0.29]
    const faults = createFaultList(() => draws.shift() ?? 1)
    faults.add({ kind: 'throttle', probability: 0.3 })
    expect(kindsFor(faults, 'ann', 'ann', 'ann')).toEqual(['throttle', undefined, 'throttle'])
  })

  it('are listed once for each hit, also of connections and after they are cleared', () => {
    const faults = createFaultList(() => 0)
    faults.add({ kind: 'latency', ms: 1 })
    faults.add({ kind: 'hang', email: 'ann@x.test' })
    faults.add({ kind: 'reset_on_connect', times: 1 })
    kindsFor(faults, 'ann', 'lin')
    expect([faults.hitsConnection(), faults.hitsConnection()]).toEqual([true, false])
    faults.clear()
    kindsFor(faults, 'ann')
    expect(faults.hits().map(({ kind }) => kind)).toEqual(['latency', 'hang', 'latency', 'reset_on_connect'])
  })

  it.each<[string, FaultRule]>([
    ['give ms', { kind: 'latency' }],
    ['smaller first', { kind: 'latency', minMs: 9, maxMs: 3 }],
  ])('must be right: %s', (message, rule) => {
    expect(() => createFaultList(() => 0).add(rule)).toThrow(message)
  })
})
