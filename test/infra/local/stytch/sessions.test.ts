import { describe, expect, it } from 'vitest'
import { createCore } from './create-core.ts'

const HOUR_MS = 3_600_000

describe('a revocation', () => {
  it('ends every open session of the member, and of nobody else', () => {
    const { clock, project, addMember, revoke } = createCore()
    const { memberId } = addMember('ann@x.test')
    addMember('bob@x.test')
    project.addSession({ memberId, startedAt: clock.now - 2 * HOUR_MS, lastsMs: HOUR_MS })
    project.addSession({ memberId })
    project.addSession({ memberId, startedAt: clock.now - HOUR_MS })
    project.addSession({ email: 'bob@x.test' })

    const { status, body, done } = revoke({ member_id: memberId })

    expect({ status, body }).toEqual({ status: 200, body: { request_id: 'r-1', status_code: 200 } })
    expect(done).toEqual({ revoked: 2 })
    const revocations = project.sessions.all().map(({ revokedAt }) => revokedAt)
    expect(revocations).toEqual([undefined, clock.now, clock.now, undefined])
  })

  it('does nothing before it is carried out, and nothing more when it is repeated', () => {
    const { clock, project, addMember, ask, revoke } = createCore()
    const member = addMember('ann@x.test')
    project.addSession({ memberId: member.memberId })
    const { received } = ask('POST', '/v1/b2b/sessions/revoke', {})
    expect(received?.endpoint).toBe('revoke')
    const revokedAt = clock.now
    revoke({ member_id: member.memberId })
    clock.now += 1000
    expect(revoke({ member_id: member.memberId })).toMatchObject({ status: 200, done: { revoked: 0 } })
    expect(project.sessions.all()).toMatchObject([{ revokedAt }])
  })

  it.each([
    ['no argument', {}, '400 no_session_revoke_arguments'],
    ['a body that is not JSON', undefined, '400 bad_request'],
    ['two arguments', { member_id: 'm', session_token: 't' }, '400 too_many_session_revoke_arguments'],
    ['an unknown member', { member_id: 'm' }, '404 member_not_found'],
    ['an external id', { member_id: 'hr-1' }, '404 member_not_found'],
    ['a deleted member', { member_id: 'member-gone' }, '404 member_not_found'],
    ['an unknown session', { session_token: 't' }, '404 session_not_found'],
  ])('with %s is refused', (_, body, answer) => {
    const { project, organizationId, addMember, revoke } = createCore()
    addMember('ann@x.test', { externalId: 'hr-1' })
    project.addMember({ organizationId, email: 'gone@x.test', memberId: 'member-gone', status: 'deleted' })
    const reply = revoke(body)
    expect(`${reply.status} ${reply.body.error_type}`).toBe(answer)
  })

  it('finds no session where there is none, when set to', () => {
    const { project, addMember, revoke } = createCore({ revokeWithoutSessions: '404 session_not_found' })
    const { memberId } = addMember('ann@x.test')
    project.addSession({ memberId })
    expect(revoke({ member_id: memberId }).status).toBe(200)
    expect(revoke({ member_id: memberId })).toMatchObject({
      status: 404,
      body: { error_type: 'session_not_found' },
    })
  })
})

describe('a read-back', () => {
  it('shows whole sessions, only the open ones of the member', () => {
    const { clock, project, addMember, organizationId, revoke, readBack } = createCore()
    const { memberId } = addMember('ann@x.test')
    project.addSession({ memberId })
    revoke({ member_id: memberId })
    project.addSession({ memberId, startedAt: clock.now - 2 * HOUR_MS, lastsMs: HOUR_MS })
    const [session] = project.addSession({ memberId, startedAt: clock.now - HOUR_MS, lastsMs: 2 * HOUR_MS })
    project.addSession({ memberId: addMember('bob@x.test').memberId })

    const startedAt = '2026-05-01T11:00:00Z'
    expect(readBack(organizationId, memberId).body).toEqual({
      request_id: 'r-1',
      status_code: 200,
      member_sessions: [
        {
          member_session_id: session?.sessionId,
          member_id: memberId,
          organization_id: organizationId,
          organization_slug: 'acme',
          started_at: startedAt,
          last_accessed_at: startedAt,
          expires_at: '2026-05-01T13:00:00Z',
          authentication_factors: [
            expect.objectContaining({
              type: 'password',
              delivery_method: 'knowledge',
              created_at: startedAt,
            }),
          ],
          roles: ['stytch_member'],
          custom_claims: {},
        },
      ],
    })
  })

  it('shows sessions for a while after they were revoked, when it lags behind', () => {
    const { clock, project, addMember, organizationId, revoke, readBack } = createCore({ readBackLagMs: 500 })
    const { memberId } = addMember('ann@x.test')
    project.addSession({ memberId })
    revoke({ member_id: memberId })
    clock.now += 499
    expect(readBack(organizationId, memberId).body.member_sessions).toHaveLength(1)
    clock.now += 1
    expect(readBack(organizationId, memberId).body.member_sessions).toEqual([])
  })

  it('takes the slug and the external id', () => {
    const { project, addMember, readBack } = createCore()
    const { memberId } = addMember('ann@x.test', { externalId: 'hr-1' })
    project.addSession({ memberId })
    expect(readBack('acme', 'hr-1').body.member_sessions).toHaveLength(1)
  })

  it.each([
    ['no organization', '', 'member-ann', '400 invalid_organization_id'],
    ['no member', 'acme', '', '400 invalid_member_id'],
    ['an unknown organization', 'nowhere', 'member-ann', '404 organization_not_found'],
    ['an unknown member', 'acme', 'nobody', '404 member_not_found'],
    ["another organization's member", 'other', 'member-ann', '404 member_not_found'],
    ['a deleted member', 'acme', 'member-gone', '404 member_not_found'],
  ])('of %s is refused', (_, organization, member, answer) => {
    const { project, organizationId, readBack } = createCore()
    project.addOrganization({ slug: 'other' })
    project.addMember({ organizationId, email: 'ann@x.test', memberId: 'member-ann' })
    project.addMember({ organizationId, email: 'gone@x.test', memberId: 'member-gone', status: 'deleted' })
    const reply = readBack(organization, member)
    expect(`${reply.status} ${reply.body.error_type}`).toBe(answer)
  })
})

describe('a session', () => {
  it('belongs to every member with the e-mail who is not deleted', () => {
    const { project, addMember } = createCore()
    const here = addMember('ann@x.test')
    const there = addMember('Ann@x.test', { organizationId: project.addOrganization().organizationId })
    addMember('ann@x.test', { organizationId: project.addOrganization().organizationId, status: 'deleted' })
    const added = project.addSession({ email: 'ANN@x.test' })
    expect(added.map(({ memberId }) => memberId)).toEqual([here.memberId, there.memberId])
    expect(new Set(added.map(({ sessionId }) => sessionId)).size).toBe(2)
  })

  it('lasts for 30 days unless said otherwise', () => {
    const { clock, project, addMember } = createCore()
    const member = addMember('ann@x.test')
    project.addSession({ memberId: member.memberId })
    clock.now += 30 * 24 * HOUR_MS - 1
    expect(project.sessions.countOpen(member)).toBe(1)
    clock.now += 1
    expect(project.sessions.countOpen(member)).toBe(0)
  })

  it.each([{ memberId: 'nobody' }, { email: 'nobody@x.test' }, {}])('needs a member: %j', (named) => {
    expect(() => createCore().project.addSession(named)).toThrow('needs a member')
  })
})
