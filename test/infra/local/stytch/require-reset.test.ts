import { expect, test } from 'vitest'
import { startProject } from './start-project.ts'

test('deletes the password of the only active member of an e-mail', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  const member = addPerson('ann@x.test')
  stytch.setPassword('ann@x.test', 1000)

  const reply = await requireReset('ANN@X.test')

  expect(reply.status).toBe(200)
  expect(JSON.parse(reply.body)).toMatchObject({
    status_code: 200,
    member_id: member.memberId,
    member: { email_address: 'ann@x.test', status: 'active', member_password_id: '' },
    organization: { organization_slug: 'acme' },
  })
  expect(stytch.password('Ann@x.test')).toEqual({ state: 'none' })
  expect(stytch.calls()).toMatchObject([
    { email: 'ann@x.test', status: 200, effect: 'deleted', deletedPasswordSetAt: 1000 },
  ])
})

test('keeps the password of an e-mail with several active members and marks it for a reset', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('bob@x.test')
  stytch.addMember({ organizationId: stytch.addOrganization().organizationId, email: 'Bob@x.test' })
  stytch.setPassword('bob@x.test', 1000)

  const { member } = JSON.parse((await requireReset('bob@x.test')).body)

  expect(member.member_password_id).toMatch(/^member-password-test-/)
  expect(stytch.password('bob@x.test')).toEqual({ state: 'reset_required', setAt: 1000 })
  expect(stytch.calls()).toMatchObject([{ effect: 'reset_required' }])
})

test('gives each password an id of its own, which it keeps when it is marked again', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('bob@x.test')
  stytch.addMember({ organizationId: stytch.addOrganization().organizationId, email: 'bob@x.test' })
  const idAfterReset = async () =>
    JSON.parse((await requireReset('bob@x.test')).body).member.member_password_id

  const first = await idAfterReset()
  expect(await idAfterReset()).toBe(first)
  stytch.setPassword('bob@x.test')
  expect(await idAfterReset()).not.toBe(first)
})

test('counts only active members when it decides between deleting and marking', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('cat@x.test')
  for (const status of ['invited', 'pending', 'deleted'] as const)
    stytch.addMember({
      organizationId: stytch.addOrganization().organizationId,
      email: 'cat@x.test',
      status,
    })

  await requireReset('cat@x.test')

  expect(stytch.password('cat@x.test')).toEqual({ state: 'none' })
})

test('deletes a new password too when the call is repeated', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  await requireReset('ann@x.test')
  expect((await requireReset('ann@x.test')).status).toBe(404)
  stytch.setPassword('ann@x.test', 2000)

  await requireReset('ann@x.test')

  expect(stytch.calls().map(({ effect }) => effect)).toEqual(['deleted', 'none', 'deleted'])
  expect(stytch.calls()[2]).toMatchObject({ deletedPasswordSetAt: 2000 })
})

test('takes a slug or an external id for the organization and an external id for the member', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  const other = stytch.addOrganization({ slug: 'other', externalId: 'crm|7' })
  addPerson('dan@x.test', { externalId: 'hr-1' })
  const wanted = addPerson('dan@x.test', { organizationId: other.organizationId, externalId: 'hr-2' })

  for (const ids of [
    { organization_id: 'crm|7' },
    { organization_id: 'other', member_id: 'hr-2' },
    { organization_id: other.organizationId, member_id: wanted.memberId },
    { member_id: 'hr-2' },
  ])
    expect(JSON.parse((await requireReset('dan@x.test', ids)).body)).toMatchObject({
      member_id: wanted.memberId,
      organization: { organization_id: other.organizationId, organization_external_id: 'crm|7' },
    })

  expect(stytch.calls()[1]).toMatchObject({ organizationId: 'other', memberId: 'hr-2' })
})

test('refuses any secret but the current one and changes nothing', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')

  const wrong = await requireReset('ann@x.test', {}, 'secret-test-second')
  stytch.rotateSecret('secret-test-second')
  const stale = await requireReset('ann@x.test')

  for (const reply of [wrong, stale]) {
    expect(reply.status).toBe(401)
    expect(JSON.parse(reply.body)).toMatchObject({
      status_code: 401,
      error_type: 'unauthorized_credentials',
      request_id: expect.stringMatching(/^request-id-test-[0-9a-f-]{36}$/),
    })
  }
  expect(stytch.password('ann@x.test').state).toBe('usable')
  expect((await requireReset('ann@x.test', {}, 'secret-test-second')).status).toBe(200)
})

test.each([
  ['no JSON', '{', 'bad_request'],
  ['no e-mail', '{}', 'bad_request'],
  ['an id that is no string', '{"email_address":"ann@x.test","member_id":7}', 'bad_request'],
  ['an e-mail without @', '{"email_address":"ann"}', 'invalid_email'],
])('refuses a body with %s', async (_, body, errorType) => {
  const { send } = await startProject()
  const reply = await send('POST', '/v1/b2b/passwords/email/require_reset', body)
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.body)).toMatchObject({ status_code: 400, error_type: errorType })
})

test('answers 404 to everything else and records it', async () => {
  const { stytch, send } = await startProject()
  const reply = await send('GET', '/v1/b2b/passwords/email/require_reset')
  expect(JSON.parse(reply.body)).toMatchObject({ status_code: 404, error_type: 'route_not_found' })
  expect(stytch.calls()).toMatchObject([{ email: '', status: 404, effect: 'none' }])
})

test('answers 429 to what is over the rate in a whole second', async () => {
  let now = 5_900
  const { addPerson, requireReset } = await startProject({ now: () => now, requestsPerSecond: 2 })
  addPerson('ann@x.test')
  const statuses = async (count: number) => {
    const replies = []
    for (let sent = 0; sent < count; sent += 1) replies.push((await requireReset('eve@x.test')).status)
    return replies
  }

  expect(await statuses(3)).toEqual([404, 404, 429])
  now = 6_000
  expect(await statuses(3)).toEqual([404, 404, 429])
})

test('refuses a live project', async () => {
  await expect(startProject({ projectId: 'project-live-1' })).rejects.toThrow('project-test-')
})
