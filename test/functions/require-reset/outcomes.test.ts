import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const ACKNOWLEDGED = { batchItemFailures: [] }

describe('each answer of Stytch', () => {
  it('reset: is in the ledger, with the start of the call, before the record is acknowledged', async () => {
    const world = createResetWorld()
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect([...world.rows.values()]).toMatchObject([
      {
        outcome: 'reset',
        at: world.calls[0]?.at,
        eventId: '41234-2026-11-20',
        requestId: 'request-1',
      },
    ])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'reset', stytch_request_id: 'request-1' }])
  })

  it('no password: is skipped and recorded, because there was none to steal', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(404, 'member_password_not_found')
    await world.handle([resetEvent(['ada@x.example'])])
    expect([...world.rows.values()]).toMatchObject([{ outcome: 'no_password' }])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'skipped', code: 'no_password' }])
  })

  it('unknown e-mail without ids: is skipped as a stranger, and not recorded', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(404, 'email_not_found')
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.rows.size).toBe(0)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'skipped', code: 'not_a_member' }])
  })

  it.each(['member_not_found', 'organization_not_found'])(
    '%s without ids: is dead-lettered',
    async (errorType) => {
      const world = createResetWorld()
      world.stytch = () => answers.error(404, errorType)
      await world.handle([resetEvent(['ada@x.example'])])
      expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': errorType } }])
    },
  )

  it('unknown e-mail with ids: is dead-lettered', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(404, 'email_not_found')
    const event = resetEvent([])
    event.data.members = [{ email_address: 'ada@x.example', organization_id: 'acme' }]
    await world.handle([event])
    expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': 'email_not_found' } }])
  })

  it('wrong ids: the next row of the same person is tried', async () => {
    const world = createResetWorld()
    world.stytch = (_, memberId) =>
      memberId === 'm-2' ? answers.reset() : answers.error(404, 'member_not_found')
    const event = resetEvent([])
    event.data.members = ['m-1', 'm-2', 'm-3'].map((member_id) => ({
      email_address: 'ada@x.example',
      member_id,
    }))
    await world.handle([event])
    expect(world.calls.map(({ memberId }) => memberId)).toEqual(['m-1', 'm-2'])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'reset' }])
  })

  it('wrong ids, hundreds of them: the next invocation goes on where this one ended', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 50, functionTimeoutMs: 4000 } })
    world.stytch = (_, memberId) =>
      memberId === 'm-150' ? answers.reset() : answers.error(404, 'member_not_found')
    const event = resetEvent([])
    event.data.members = Array.from({ length: 200 }, (_, i) => ({
      email_address: 'ada@x.example',
      member_id: `m-${i}`,
    }))
    await world.handle([event])
    const [remainder] = world.deferred()
    if (remainder) await world.handle([remainder.event])
    expect(world.calls.map(({ memberId }) => memberId)).toEqual(
      Array.from({ length: 151 }, (_, i) => `m-${i}`),
    )
    expect(world.rows.size).toBe(1)
  })

  it('wrong ids, then an outage: the e-mail alone does not make the person a stranger later', async () => {
    const world = createResetWorld()
    world.stytch = (_, memberId) =>
      memberId ? answers.error(404, 'member_not_found') : answers.error(503, 'server_unavailable')
    const event = resetEvent([])
    event.data.members = [
      { email_address: 'ada@x.example', member_id: 'm-1' },
      { email_address: 'ada@x.example' },
    ]
    await world.handle([event])
    world.stytch = () => answers.error(404, 'email_not_found')
    const [remainder] = world.deferred()
    if (remainder) await world.handle([remainder.event])
    expect(world.deadLetters()).toMatchObject([{ attributes: { 'failure-code': 'email_not_found' } }])
    expect(world.deadLetters()[0]?.body.data.members).toEqual([{ email_address: 'ada@x.example' }])
  })

  it.each([
    ['refused', answers.error(403, 'organization_suspended'), 'organization_suspended', 0],
    ['unusable 200', answers.json(200, { surprise: true }), 'invalid_response', 1],
    [
      'somebody else',
      answers.json(200, { status_code: 200, request_id: 'r', member: { email_address: 'b@x.example' } }),
      'response_mismatch',
      1,
    ],
  ])('%s: is dead-lettered with its reason', async (_, answer, code, uncertain) => {
    const world = createResetWorld()
    world.stytch = () => answer
    const event = resetEvent(['ada@x.example'])
    expect(await world.handle([event])).toEqual(ACKNOWLEDGED)
    const { attempts: _attempts, ...redrivable } = event
    expect(world.deadLetters()).toMatchObject([
      { body: redrivable, attributes: { 'failure-code': code, 'event-id': event.id, attempts: '1' } },
    ])
    expect(world.deadLetters()[0]?.body).not.toHaveProperty('attempts')
    expect(world.uncertain.size).toBe(uncertain)
    expect(world.rows.size).toBe(0)
    expect(world.sent.reset).toEqual([])
  })

  it.each([
    ['throttled', answers.error(429, 'too_many_requests'), 0],
    ['server error', answers.error(500, 'internal_server_error'), 0],
    ['proxy page', answers.json(403, '<html>'), 0],
    ['unanswered', answers.timeout(), 1],
    ['unreachable', { kind: 'unreachable', code: 'unreachable' } as const, 0],
  ])('%s: is tried three times, then deferred', async (_, answer, uncertain) => {
    const world = createResetWorld()
    world.stytch = () => answer
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect(world.calls).toHaveLength(3)
    expect(world.deferred()).toMatchObject([{ delaySeconds: 12, event: { attempts: 1 } }])
    expect([world.uncertain.size, world.rows.size]).toEqual([uncertain, 0])
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('an uncertain call neither covers nor hides an earlier reset', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example'])])
    const first = world.calls[0]?.at ?? 0
    world.stytch = () => answers.timeout()
    world.clock.advance(60_000)
    const later = new Date(first + 30_000).toISOString()
    await world.handle([resetEvent(['ada@x.example'], { fence: later })])
    world.stytch = () => answers.reset()
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(4)
    await world.handle([resetEvent(['ada@x.example'], { fence: later })])
    expect(world.calls).toHaveLength(5)
  })

  it('Retry-After: nobody is called in that time, and deferred people wait as long', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(429, 'too_many_requests', '120')
    await world.handle([resetEvent(['ada@x.example', 'bob@x.example'])])
    expect(world.calls).toHaveLength(1)
    expect(world.deferred()).toMatchObject([{ event: { data: { members: [{}, {}] } } }])
    expect(world.deferred()[0]?.delaySeconds).toBeGreaterThanOrEqual(119)
  })
})
