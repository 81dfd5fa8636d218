import { expect, it } from 'vitest'
import { startProject } from './start-project.ts'

it('takes a fault by HTTP and clears it again', async () => {
  const { requireReset, send } = await startProject()
  expect((await send('POST', '/simulator/faults', '{"kind":"throttle"}')).status).toBe(200)
  expect((await requireReset('ann@x.test')).status).toBe(429)
  expect((await send('DELETE', '/simulator/faults')).status).toBe(200)
  expect((await requireReset('ann@x.test')).status).toBe(404)
})

it.each([
  ['kind', '{"kind":"earthquake"}'],
  ['times', '{"kind":"throttle","times":0}'],
  ['probability', '{"kind":"hang","probability":2}'],
  ['status', '{"kind":"html","status":201}'],
  ['errorType', '{"kind":"error","status":400}'],
  ['ms', '{"kind":"latency"}'],
  ['minMs', '{"kind":"latency","maxMs":3}'],
  ['tims', '{"kind":"throttle","tims":1}'],
  ['times', '{"kind":"reset_on_connect"}'],
  ['endpoint', '{"kind":"throttle","endpoint":"login"}'],
  ['endpoint', '{"kind":"sessions_survive","endpoint":"require_reset"}'],
  ['endpoint', '{"kind":"stranger_in_page","endpoint":"search_organizations"}'],
  ['', 'no json'],
])('answers 400 naming "%s" to the rule %s', async (field, rule) => {
  const { requireReset, send } = await startProject()
  const reply = await send('POST', '/simulator/faults', rule)
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.body).issues[0]).toEqual({ field, message: expect.any(String) })
  expect((await requireReset('ann@x.test')).status).toBe(404)
})

it('shows every call, but none of its own', async () => {
  const { stytch, addPerson, requireReset, send } = await startProject()
  addPerson('ann@x.test')
  await requireReset('ann@x.test')
  const reply = await send('GET', '/simulator/calls')
  expect(JSON.parse(reply.body)).toEqual(stytch.calls())
  expect(stytch.calls()).toHaveLength(1)
})

it('sets a new password for a member', async () => {
  let now = 1000
  const { stytch, addPerson, requireReset, send } = await startProject({ now: () => now })
  const member = addPerson('ann@x.test')
  await requireReset('ann@x.test')
  now = 2000

  const reply = await send('POST', '/simulator/passwords', '{"email_address":"Ann@x.test"}')

  expect(JSON.parse(reply.body)).toEqual({ state: 'usable', setAt: 2000 })
  expect(stytch.password('ann@x.test')).toEqual({ state: 'usable', setAt: 2000 })
  expect(JSON.parse((await send('GET', '/simulator/members')).body)).toEqual([
    { ...member, password: { state: 'usable', setAt: 2000 }, openSessions: 0 },
  ])
})

it('signs in every member with an e-mail, and shows all sessions', async () => {
  const { stytch, addPerson, send } = await startProject({ now: () => 1000 })
  addPerson('ann@x.test')
  addPerson('ann@x.test', { organizationId: stytch.addOrganization().organizationId })

  const reply = await send('POST', '/simulator/sessions', '{"email_address":"Ann@x.test"}')

  expect(JSON.parse(reply.body)).toMatchObject([{ startedAt: 1000 }, { startedAt: 1000 }])
  expect(JSON.parse(reply.body)).toEqual(stytch.sessions())
  expect((await send('GET', '/simulator/sessions')).body).toBe(reply.body)
  expect(JSON.parse((await send('GET', '/simulator/members')).body)).toMatchObject([
    { openSessions: 1 },
    { openSessions: 1 },
  ])
})

it.each([
  [404, 'passwords', '{"email_address":"nobody@x.test"}'],
  [400, 'passwords', '{"email":"ann@x.test"}'],
  [404, 'sessions', '{"email_address":"nobody@x.test"}'],
  [400, 'sessions', '{"email":"ann@x.test"}'],
])('answers %i to a request for %s with %s', async (status, what, body) => {
  const { send } = await startProject()
  const reply = await send('POST', `/simulator/${what}`, body)
  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body).issues[0].field).toBe('email_address')
})

it('answers 404 to any other request', async () => {
  const { send } = await startProject()
  expect((await send('GET', '/simulator/faults')).status).toBe(404)
})
