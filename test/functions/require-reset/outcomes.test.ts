import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const ACKNOWLEDGED = { batchItemFailures: [] }

describe('each answer of Stytch', () => {
  it('reset: is in the ledger, with the start of the call, before the record is acknowledged', async () => {
    const world = createResetWorld()
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect([...world.rows.values()]).toMatchObject([
      {
        kind: 'reset',
        outcome: 'reset',
        at: world.calls[0]?.at,
        eventId: '41234-2026-11-20',
        requestId: 'request-1',
      },
    ])
    expect(world.witness.lines).toMatchObject([{ outcome: 'reset', stytch_request_id: 'request-1' }])
  })

  it('no password: is skipped and recorded, for there was none to steal', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(404, 'member_password_not_found')
    await world.handle([resetEvent(['ada@x.example'])])
    expect([...world.rows.values()]).toMatchObject([{ kind: 'reset', outcome: 'no_password' }])
    expect(world.witness.lines).toMatchObject([{ outcome: 'skipped', code: 'no_password' }])
  })

  it('unknown e-mail without ids: is skipped as a stranger, and not recorded', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(404, 'email_not_found')
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.rows.size).toBe(0)
    expect(world.witness.lines).toMatchObject([{ outcome: 'skipped', code: 'not_a_member' }])
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
    expect(world.witness.lines).toMatchObject([{ outcome: 'reset' }])
  })

  it('wrong ids, hundreds of them: the next invocation goes on where this one ended', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 50 } })
    world.stytch = (_, memberId) =>
      memberId === 'm-150' ? answers.reset() : answers.error(404, 'member_not_found')
    const event = resetEvent([])
    event.data.members = Array.from({ length: 200 }, (_, i) => ({
      email_address: 'ada@x.example',
      member_id: `m-${i}`,
    }))
    await world.handle([event], 4000)
    const [remainder] = world.sentOn()
    if (remainder) await world.handle([remainder.event], 4000)
    expect(world.calls.map(({ memberId }) => memberId)).toEqual(
      Array.from({ length: 151 }, (_, i) => `m-${i}`),
    )
    expect(world.rows.size).toBe(1)
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
  ])('%s: is dead-lettered with its reason', async (_, answer, code, uncertainRows) => {
    const world = createResetWorld()
    world.stytch = () => answer
    const event = resetEvent(['ada@x.example'])
    expect(await world.handle([event])).toEqual(ACKNOWLEDGED)
    const { attempts: _attempts, ...redrivable } = event
    expect(world.deadLetters()).toMatchObject([
      { body: redrivable, attributes: { 'failure-code': code, 'event-id': event.id, attempts: '1' } },
    ])
    expect(world.deadLetters()[0]?.body).not.toHaveProperty('attempts')
    expect([...world.rows.values()].filter(({ kind }) => kind === 'uncertain')).toHaveLength(uncertainRows)
    expect(world.sent.reset).toEqual([])
  })

  it.each([
    ['throttled', answers.error(429, 'too_many_requests'), 0],
    ['server error', answers.error(500, 'internal_server_error'), 0],
    ['proxy page', answers.json(403, '<html>'), 0],
    ['unanswered', answers.timeout(), 1],
    ['unreachable', { kind: 'unreachable', code: 'unreachable' } as const, 0],
  ])('%s: is tried three times, then sent on with a delay', async (_, answer, uncertainRows) => {
    const world = createResetWorld()
    world.stytch = () => answer
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect(world.calls).toHaveLength(3)
    expect(world.sentOn()).toMatchObject([{ delaySeconds: 12, event: { attempts: 1 } }])
    expect(world.rows.size).toBe(uncertainRows)
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('an uncertain row neither covers nor hides an earlier reset', async () => {
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

  it('Retry-After: nobody is called meanwhile, and what is left over waits as long', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(429, 'too_many_requests', '120')
    await world.handle([resetEvent(['ada@x.example', 'bob@x.example'])])
    expect(world.calls).toHaveLength(1)
    expect(world.sentOn()).toMatchObject([{ event: { data: { members: [{}, {}] } } }])
    expect(world.sentOn()[0]?.delaySeconds).toBeGreaterThanOrEqual(119)
  })
})

describe('Retry-After', () => {
  it('never shortens the delay of what is sent on', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable', '0')
    await world.handle([resetEvent(['ada@x.example'], { attempts: 6 })])
    expect(world.sentOn()[0]?.delaySeconds).toBeGreaterThan(400)
  })

  it('is obeyed on any status, within the invocation too', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable', '600')
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toHaveLength(1)
    expect(world.sentOn()[0]?.delaySeconds).toBeGreaterThanOrEqual(599)
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

describe('a configuration fault', () => {
  it.each([
    ['wrong password mode', answers.error(400, 'cross_org_passwords_not_enabled')],
    ['a wrong key', answers.error(401, 'unauthorized_credentials')],
  ])(
    '%s: stops the calls, dead-letters nobody and sends everybody on with the full delay',
    async (_, answer) => {
      const world = createResetWorld({ config: { requestsPerSecond: 10 } })
      world.stytch = () => answer
      const emails = Array.from({ length: 40 }, (_, i) => `m${i}@x.example`)
      await world.handle([resetEvent(emails)])
      expect(world.calls).toHaveLength(1)
      expect(world.sent['dead-letter']).toEqual([])
      expect(world.sentOn()).toMatchObject([{ delaySeconds: 900 }])
      expect(world.sentOn()[0]?.event.data.members).toHaveLength(40)
      expect(world.witness.total('ConfigurationFault')).toBe(1)
    },
  )

  it('is found in twenty refusals with one unknown error, and not blamed on the members', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(400, 'brand_new_error')
    const emails = Array.from({ length: 60 }, (_, i) => `m${i}@x.example`)
    await world.handle([resetEvent(emails)])
    expect(world.calls).toHaveLength(20)
    expect(world.sent['dead-letter']).toEqual([])
    expect(world.sentOn()[0]?.event.data.members).toHaveLength(60)
    await world.handle([resetEvent(emails.slice(0, 5))])
    expect(world.calls).toHaveLength(21)
  })

  it('is not blamed on the members of the other records of the batch either', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(400, 'brand_new_error')
    const people = Array.from({ length: 60 }, (_, i) => `m${i}@x.example`)
    await world.handle([0, 3, 6, 9, 30].map((from) => resetEvent(people.slice(from, from + 3 + from))))
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('is not found in unknown refusals once any other answer has come', async () => {
    const world = createResetWorld()
    world.stytch = (email) =>
      email === 'm0@x.example' ? answers.reset() : answers.error(400, 'brand_new_error')
    await world.handle([resetEvent(Array.from({ length: 60 }, (_, i) => `m${i}@x.example`))])
    expect(world.sent['dead-letter']).toHaveLength(59)
  })

  it('a rotated key is read again, once, and the members are reset', async () => {
    const reads: boolean[] = []
    const world = createResetWorld({
      effects: {
        readSecret: async (name, { fresh }) => {
          if (name === 'ledger-key') return 'k'.repeat(64)
          reads.push(fresh)
          return JSON.stringify({
            project_id: 'project-test-1',
            secret: reads.includes(true) ? 'new' : 'wrong',
          })
        },
      },
    })
    await world.handle([resetEvent(Array.from({ length: 10 }, (_, i) => `m${i}@x.example`))])
    expect(reads.filter(Boolean)).toHaveLength(1)
    expect(world.rows.size).toBe(10)
    expect(world.sent.reset).toEqual([])
  })

  it('a refused key while the secret can not be read again is one, and fails no record', async () => {
    const world = createResetWorld({
      effects: {
        readSecret: async (name, { fresh }) => {
          if (fresh) throw new Error('Secrets Manager is down')
          return name === 'stytch' ? '{"project_id":"project-test-1","secret":"wrong"}' : 'k'.repeat(64)
        },
      },
    })
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect(world.sentOn()).toMatchObject([{ delaySeconds: 900 }])
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('is found in twenty unusable answers, so that a captive portal does not use up everybody', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.json(200, '<html>')
    await world.handle([resetEvent(Array.from({ length: 60 }, (_, i) => `m${i}@x.example`))])
    expect(world.calls.length).toBeLessThanOrEqual(25)
    expect(world.sent['dead-letter']).toHaveLength(world.calls.length)
    expect(world.sentOn()).toMatchObject([{ delaySeconds: 900 }])
  })

  it.each([
    ['an empty ledger key', { 'ledger-key': '' }],
    ['an empty secret', { stytch: '' }],
    ['a secret that names no project', { stytch: '{"project_id":"","secret":""}' }],
  ])('%s: calls nobody', async (_, secrets) => {
    const world = createResetWorld()
    Object.assign(world.secrets, secrets)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toEqual([])
    expect(world.sentOn()).toMatchObject([{ delaySeconds: 900 }])
  })

  it('a ledger key that changes while the environment lives is checked again', async () => {
    const checked: string[] = []
    const world = createResetWorld({
      effects: {
        checkSentinel: async (key) => {
          checked.push(key[0] ?? '')
          return key.startsWith('k') ? 'same key' : 'other key'
        },
      },
    })
    await world.handle([resetEvent(['ada@x.example']), resetEvent(['bob@x.example'])])
    world.secrets['ledger-key'] = 'x'.repeat(64)
    await world.handle([resetEvent(['cid@x.example'])])
    expect(checked).toEqual(['k', 'x'])
    expect(world.calls).toHaveLength(2)
  })

  it('another ledger key: calls nobody, for nobody could be found covered', async () => {
    const world = createResetWorld({ effects: { checkSentinel: async () => 'other key' } })
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toEqual([])
    expect(world.witness.lines).toMatchObject([{ outcome: 'sent_on', code: 'ledger_key_mismatch' }])
  })
})
