import { once } from 'node:events'
import https from 'node:https'
import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import type { SimulatorSettings } from '../../../../infra/local/stytch/settings.ts'
import { AUTH, startProject } from './start-project.ts'

const ANN = 'ann@x.test'
type Project = Awaited<ReturnType<typeof startProject>>
type Arrange = (project: Project) => void
type More = { ids?: object; settings?: Partial<SimulatorSettings> }

const withPassword: Arrange = ({ addPerson }) => addPerson(ANN)
const withoutPassword: Arrange = ({ stytch, organizationId }) =>
  stytch.addMember({ organizationId, email: ANN })
const nobody: Arrange = () => {}
const deleted: Arrange = ({ stytch, organizationId }) => {
  stytch.addMember({ organizationId, email: ANN, status: 'deleted' })
  stytch.setPassword(ANN)
}
const andElsewhere =
  (...statuses: ('active' | 'invited' | 'pending' | 'deleted')[]): Arrange =>
  ({ stytch, addPerson }) => {
    addPerson(ANN)
    for (const status of statuses)
      stytch.addMember({ organizationId: stytch.addOrganization().organizationId, email: ANN, status })
  }
const suspended: Arrange = ({ stytch, addPerson }) => {
  const { organizationId } = stytch.addOrganization({ slug: 'off', suspended: true })
  addPerson(ANN, { organizationId })
}
const suspendedAndAnother: Arrange = (project) => {
  suspended(project)
  project.addPerson(ANN)
}
const outsideAcme: Arrange = ({ stytch, addPerson }) => {
  const { organizationId } = stytch.addOrganization()
  addPerson(ANN, { organizationId })
}

const ignored = { mismatchedIds: 'ignored' } as const
const nowhere = { organization_id: 'nowhere' }
const acme = { organization_id: 'acme' }
const stranger = { member_id: 'nobody' }

/** The answer: the status, and the type of the error or the effect on the password. */
const ROWS: [what: string, arrange: Arrange, answer: string, more?: More][] = [
  ['the only member', withPassword, '200 deleted'],
  ['two active members', andElsewhere('active'), '200 reset_required'],
  ['one active member among others', andElsewhere('invited', 'pending', 'deleted'), '200 deleted'],
  ['no password', withoutPassword, '404 member_password_not_found'],
  [
    'no password',
    withoutPassword,
    '404 password_not_found',
    { settings: { noPassword: '404 password_not_found' } },
  ],
  [
    'no password',
    withoutPassword,
    '400 member_password_not_found',
    { settings: { noPassword: '400 member_password_not_found' } },
  ],
  ['no password', withoutPassword, '200 none', { settings: { noPassword: '200' } }],
  ['an unknown e-mail', nobody, '404 email_not_found'],
  ['a deleted member', deleted, '404 email_not_found'],
  [
    'an unknown e-mail',
    nobody,
    '404 member_not_found',
    { settings: { unknownEmail: '404 member_not_found' } },
  ],
  [
    'passwords of each organization',
    withPassword,
    '400 cross_org_passwords_not_enabled',
    { settings: { passwords: 'organization_scoped' } },
  ],
  ['a suspended organization', suspended, '403 organization_suspended'],
  ['a suspended organization', suspended, '200 deleted', { settings: { suspendedOrganization: '200' } }],
  ['a suspended organization and another', suspendedAndAnother, '200 reset_required'],
  [
    'a suspended organization of two',
    suspendedAndAnother,
    '403 organization_suspended',
    { ids: { organization_id: 'off' } },
  ],
  ['an unknown organization', outsideAcme, '404 organization_not_found', { ids: nowhere }],
  ["somebody else's organization", outsideAcme, '404 member_not_found', { ids: acme }],
  ['an unknown member', outsideAcme, '404 member_not_found', { ids: stranger }],
  ['an unknown organization', outsideAcme, '200 deleted', { ids: nowhere, settings: ignored }],
  ["somebody else's organization", outsideAcme, '200 deleted', { ids: acme, settings: ignored }],
  ['an unknown member', outsideAcme, '200 deleted', { ids: stranger, settings: ignored }],
]

it.each(ROWS)('for %s, %3$j: %2$s', async (_, arrange, answer, { ids = {}, settings = {} } = {}) => {
  const project = await startProject({ settings })
  arrange(project)
  const before = project.stytch.password(ANN).state
  const { status, body } = await project.requireReset(ANN.toUpperCase(), ids)
  const effect = project.stytch.calls()[0]?.effect ?? 'none'
  expect(`${status} ${status === 200 ? effect : JSON.parse(body).error_type}`).toBe(answer)
  const after = { deleted: 'none', reset_required: 'reset_required', none: before }[effect]
  expect(project.stytch.password(ANN).state).toBe(after)
})

it.each([
  ['{', 'bad_request'],
  ['{}', 'bad_request'],
  [`{"email_address":"${ANN}","member_id":7}`, 'bad_request'],
  ['{"email_address":"ann"}', 'invalid_email'],
])('refuses the body %s', async (body, errorType) => {
  const { send } = await startProject()
  const reply = await send('POST', '/v1/b2b/passwords/email/require_reset', body)
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.body)).toMatchObject({ status_code: 400, error_type: errorType })
})

describe('a 200', () => {
  it('describes the member and the organization', async () => {
    const { addPerson, requireReset } = await startProject()
    const { memberId } = addPerson(ANN)
    expect(JSON.parse((await requireReset(ANN)).body)).toMatchObject({
      status_code: 200,
      member_id: memberId,
      member: { email_address: ANN, status: 'active', member_password_id: '' },
      organization: { organization_slug: 'acme', organization_logo_url: '' },
    })
  })

  it('has only the two required fields when set to minimal', async () => {
    const { addPerson, requireReset } = await startProject({ settings: { answer: 'minimal' } })
    addPerson(ANN)
    expect(Object.keys(JSON.parse((await requireReset(ANN)).body))).toEqual(['request_id', 'status_code'])
  })

  it('has null for absent strings when set to', async () => {
    const { addPerson, requireReset } = await startProject({ settings: { absentStrings: 'null' } })
    addPerson(ANN)
    expect(JSON.parse((await requireReset(ANN)).body)).toMatchObject({
      member: { mfa_phone_number: null, member_password_id: null, totp_registration_id: null },
      organization: { organization_logo_url: null, sso_default_connection_id: null },
    })
  })

  it('has the same password id until the member chooses another password', async () => {
    const project = await startProject()
    const { stytch, requireReset } = project
    andElsewhere('active')(project)
    const passwordId = async () => JSON.parse((await requireReset(ANN)).body).member.member_password_id
    const first = await passwordId()
    expect(first).toMatch(/^member-password-test-/)
    expect(await passwordId()).toBe(first)
    stytch.setPassword(ANN)
    expect(await passwordId()).not.toBe(first)
  })

  it.each([
    { organization_id: 'crm|7' },
    { organization_id: 'other', member_id: 'hr-2' },
    { member_id: 'hr-2' },
  ])('is about the member that slugs, external ids or ids name: %j', async (ids) => {
    const { stytch, addPerson, requireReset } = await startProject()
    const other = stytch.addOrganization({ slug: 'other', externalId: 'crm|7' })
    addPerson(ANN, { externalId: 'hr-1' })
    const wanted = addPerson(ANN, { organizationId: other.organizationId, externalId: 'hr-2' })
    const own = { organization_id: other.organizationId, member_id: wanted.memberId }
    for (const named of [ids, own])
      expect(JSON.parse((await requireReset(ANN, named)).body)).toMatchObject({
        member_id: wanted.memberId,
        organization: { organization_id: other.organizationId, organization_external_id: 'crm|7' },
      })
    expect(stytch.calls()[1]).toMatchObject({
      organizationId: other.organizationId,
      memberId: wanted.memberId,
    })
  })
})

it('deletes a new password too when the call is repeated, and records when it had been set', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson(ANN)
  await requireReset(ANN)
  await requireReset(ANN)
  stytch.setPassword(ANN, 2000)
  await requireReset(ANN)
  expect(stytch.calls().map(({ effect }) => effect)).toEqual(['deleted', 'none', 'deleted'])
  expect(stytch.calls()[2]).toMatchObject({ email: ANN, status: 200, deletedPasswordSetAt: 2000 })
})

describe('the project', () => {
  it('accepts only its current secret, and changes nothing for any other', async () => {
    const { stytch, addPerson, requireReset } = await startProject()
    addPerson(ANN)
    const wrong = await requireReset(ANN, {}, 'secret-test-second')
    stytch.rotateSecret('secret-test-second')
    for (const reply of [wrong, await requireReset(ANN)]) {
      expect(reply.status).toBe(401)
      expect(JSON.parse(reply.body)).toMatchObject({
        ...{ status_code: 401, error_type: 'unauthorized_credentials' },
        request_id: expect.stringMatching(/^request-id-test-[0-9a-f-]{36}$/),
      })
    }
    expect(stytch.password(ANN).state).toBe('usable')
    expect((await requireReset(ANN, {}, 'secret-test-second')).status).toBe(200)
  })

  it('answers 429 to what exceeds the rate in a whole second', async () => {
    let now = 5_900
    const { requireReset } = await startProject({ now: () => now, requestsPerSecond: 2 })
    const statuses = async () => [
      (await requireReset(ANN)).status,
      (await requireReset(ANN)).status,
      (await requireReset(ANN)).status,
    ]
    expect(await statuses()).toEqual([404, 404, 429])
    now = 6_000
    expect(await statuses()).toEqual([404, 404, 429])
  })

  it('answers 404 to every other route, and records the request', async () => {
    const { stytch, send } = await startProject()
    for (const path of ['/v1/b2b/passwords/email/require_reset', '//']) {
      const reply = await send('GET', path)
      expect(JSON.parse(reply.body)).toMatchObject({ status_code: 404, error_type: 'route_not_found' })
    }
    const call = { email: '', status: 404, effect: 'none' }
    expect(stytch.calls()).toMatchObject([call, call])
  })

  it('must be a test project', async () => {
    await expect(startProject({ projectId: 'project-live-1' })).rejects.toThrow('project-test-')
  })

  it('speaks https with a certificate', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'test' }], {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const { stytch } = await startProject({ tls: { key, cert } })
    const request = https.get(`${stytch.url}/simulator/calls`, { ca: cert, agent: false, auth: AUTH })
    const [response] = await once(request, 'response')
    expect(response.resume().statusCode).toBe(200)
  })
})

describe('members and organizations', () => {
  it('get ids of the test environment', async () => {
    const { stytch } = await startProject()
    const { organizationId } = stytch.addOrganization()
    expect(organizationId).toMatch(/^organization-test-[0-9a-f-]{36}$/)
    const member = stytch.addMember({ organizationId, email: ANN })
    expect(member).toMatchObject({ status: 'active', breakGlass: false })
    expect(member.memberId).toMatch(/^member-test-[0-9a-f-]{36}$/)
  })

  it.each<[string, (project: Project) => unknown]>([
    ['acme already exists', ({ stytch }) => stytch.addOrganization({ slug: 'acme' })],
    ['no organization', ({ stytch }) => stytch.addMember({ organizationId: 'no', email: ANN })],
    [
      'already has a member',
      ({ stytch, organizationId }) => stytch.addMember({ organizationId, email: 'Bob@x.test' }),
    ],
  ])('are refused when they contradict others: %s', async (message, add) => {
    const project = await startProject()
    project.addPerson('bob@x.test')
    expect(() => add(project)).toThrow(message)
  })

  it('may have the e-mail of a deleted member', async () => {
    const project = await startProject()
    deleted(project)
    project.addPerson(ANN)
    expect((await project.requireReset(ANN)).status).toBe(200)
  })
})
