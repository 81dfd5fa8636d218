import { expect, test } from 'vitest'
import type { SimulatorSettings } from '../../../../infra/local/stytch/require-reset.ts'
import { startProject } from './start-project.ts'

test.each<[SimulatorSettings['noPassword'], number, string | undefined]>([
  ['404 member_password_not_found', 404, 'member_password_not_found'],
  ['404 password_not_found', 404, 'password_not_found'],
  ['400 member_password_not_found', 400, 'member_password_not_found'],
  ['200', 200, undefined],
])('answers %s for a member without a password', async (noPassword, status, errorType) => {
  const { stytch, organizationId, requireReset } = await startProject({ settings: { noPassword } })
  stytch.addMember({ organizationId, email: 'ann@x.test' })
  const reply = await requireReset('ann@x.test')
  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body).error_type).toBe(errorType)
  expect(stytch.calls()).toMatchObject([{ effect: 'none' }])
})

test.each<SimulatorSettings['unknownEmail']>(['404 email_not_found', '404 member_not_found'])(
  'answers %s for an e-mail that only a deleted member has',
  async (unknownEmail) => {
    const { stytch, organizationId, requireReset } = await startProject({ settings: { unknownEmail } })
    stytch.addMember({ organizationId, email: 'ann@x.test', status: 'deleted' })
    stytch.setPassword('ann@x.test')
    const reply = await requireReset('ann@x.test')
    expect(`${reply.status} ${JSON.parse(reply.body).error_type}`).toBe(unknownEmail)
    expect(stytch.password('ann@x.test').state).toBe('usable')
  },
)

test('refuses every call of a project with organization-scoped passwords', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.settings.passwords = 'organization_scoped'
  const reply = await requireReset('ann@x.test')
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.body).error_type).toBe('cross_org_passwords_not_enabled')
  expect(stytch.password('ann@x.test').state).toBe('usable')
})

test('answers with the two required fields only when set to minimal', async () => {
  const { addPerson, requireReset } = await startProject({ settings: { answer: 'minimal' } })
  addPerson('ann@x.test')
  const body = JSON.parse((await requireReset('ann@x.test')).body)
  expect(Object.keys(body)).toEqual(['request_id', 'status_code'])
})

test('gives null for absent strings when set to', async () => {
  const { addPerson, requireReset } = await startProject({ settings: { absentStrings: 'null' } })
  addPerson('ann@x.test')
  expect(JSON.parse((await requireReset('ann@x.test')).body)).toMatchObject({
    member: { mfa_phone_number: null, member_password_id: null, totp_registration_id: null },
    organization: { organization_logo_url: null, sso_default_connection_id: null },
  })
})

test('refuses a member of a suspended organization unless set to let it pass', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  const { organizationId } = stytch.addOrganization({ suspended: true })
  addPerson('ann@x.test', { organizationId })

  const refused = await requireReset('ann@x.test')
  stytch.settings.suspendedOrganization = '200'
  const served = await requireReset('ann@x.test')

  expect([refused.status, served.status]).toEqual([403, 200])
  expect(JSON.parse(refused.body).error_type).toBe('organization_suspended')
  expect(stytch.calls().map(({ effect }) => effect)).toEqual(['none', 'deleted'])
})

test('prefers an organization that is not suspended when the call names none', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  const suspended = stytch.addOrganization({ suspended: true }).organizationId
  addPerson('ann@x.test', { organizationId: suspended })
  addPerson('ann@x.test')
  expect((await requireReset('ann@x.test')).status).toBe(200)
  expect((await requireReset('ann@x.test', { organization_id: suspended })).status).toBe(403)
})

test.each([
  ['an unknown organization', { organization_id: 'nowhere' }, 'organization_not_found'],
  ['an organization of others', { organization_id: 'acme' }, 'member_not_found'],
  ['an unknown member', { member_id: 'nobody' }, 'member_not_found'],
])('answers 404 to the id of %s, or ignores it when set to', async (_, ids, errorType) => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test', { organizationId: stytch.addOrganization().organizationId })

  const refused = await requireReset('ann@x.test', ids)
  stytch.settings.mismatchedIds = 'ignored'
  const served = await requireReset('ann@x.test', ids)

  expect([refused.status, served.status]).toEqual([404, 200])
  expect(JSON.parse(refused.body).error_type).toBe(errorType)
})
