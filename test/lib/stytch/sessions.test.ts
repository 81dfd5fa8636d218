import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { dateOf } from '../../../lib/stytch/judge-answer.ts'
import { judgeRevoke, judgeSessions, readSessions, revokeSessions } from '../../../lib/stytch/sessions.ts'
import { answers } from '../../fakes/create-reset-world.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const REQUEST_ID = 'request-id-test-b05c992f-ebdc-489d-a754-c7e70ba13141'
const MEMBER = {
  memberId: 'member-test-1',
  organizationId: 'organization-test-1',
  emailAddress: 'ada@customer.example',
}
const ok = { status_code: 200, request_id: REQUEST_ID }
/** A session in the shape of Stytch's OpenAPI document: nine required fields. */
const session = {
  member_session_id: 'session-test-1',
  member_id: 'member-test-1',
  started_at: '2026-11-20T11:00:00Z',
  last_accessed_at: '2026-11-20T11:30:00Z',
  expires_at: '2026-11-20T13:00:00Z',
  authentication_factors: [
    {
      ...{ type: 'password', delivery_method: 'knowledge', last_authenticated_at: '2026-11-20T11:00:00Z' },
      ...{ created_at: '2026-11-20T11:00:00Z', updated_at: '2026-11-20T11:00:00Z' },
    },
  ],
  organization_id: 'organization-test-1',
  roles: ['stytch_member'],
  organization_slug: 'customer',
  custom_claims: { plan: 'pro' },
}
const sessions = (...member_sessions: readonly object[]) => ({ ...ok, member_sessions })

describe('a revoke', () => {
  it('posts the member and nothing else', () => {
    expect(revokeSessions(MEMBER)).toEqual({
      method: 'POST',
      path: '/v1/b2b/sessions/revoke',
      body: { member_id: 'member-test-1' },
    })
  })

  it.each([
    ['a 200', answers.json(200, ok)],
    ['a 200 with new fields', answers.json(200, { ...ok, revoked: 3 })],
    ['a 404: no session', answers.error(404, 'session_not_found')],
    ['a 404: no such member any more', answers.error(404, 'member_not_found')],
  ])('is done: %s', (_, answer) => {
    expect(judgeRevoke(answer, NOW)).toEqual({ kind: 'revoked', requestId: expect.any(String) })
  })

  it.each([
    ['an empty 200', answers.json(200, {}), { kind: 'unusable', code: 'invalid_response' }],
    ['a 200 that says 404', answers.json(200, { ...ok, status_code: 404 }), { kind: 'unusable' }],
    ['a 204', answers.json(204, ok), { kind: 'unusable', code: 'invalid_response' }],
    ['no arguments', answers.error(400, 'no_session_revoke_arguments'), { kind: 'refused', unknown: true }],
    ['a suspended organization', answers.error(403, 'organization_suspended'), { unknown: false }],
    ['no password', answers.error(404, 'member_password_not_found'), { kind: 'refused', unknown: true }],
    ['a wrong key', answers.error(401, 'unauthorized_credentials'), { kind: 'configuration_fault' }],
    ['a 404 of a proxy', answers.json(404, { error_type: 'session_not_found' }), { kind: 'transient' }],
    ['a 500 with the word', answers.error(500, 'session_not_found'), { kind: 'transient', code: 'http_500' }],
    ['no answer', answers.timeout(), { kind: 'transient', uncertain: true }],
  ])('is not done: %s', (_, answer, verdict) => {
    expect(judgeRevoke(answer, NOW)).toMatchObject(verdict)
  })
})

describe('a read-back', () => {
  const judge = (answer: Answer) => judgeSessions(answer, MEMBER, NOW)

  it('asks for the member in their organization, whatever is in the ids', () => {
    expect(readSessions(MEMBER)).toEqual({
      method: 'GET',
      path: '/v1/b2b/sessions?organization_id=organization-test-1&member_id=member-test-1',
    })
    const odd = readSessions({ ...MEMBER, memberId: 'a&organization_id=b' })
    expect(new URL(odd.path, 'https://x.example').searchParams.get('member_id')).toBe('a&organization_id=b')
  })

  it.each([
    ['none', sessions(), []],
    ['one', sessions(session), ['2026-11-20T11:00:00Z']],
    [
      'several',
      sessions(session, { ...session, started_at: '2026-11-20T11:00:00.5+01:00' }),
      [...['2026-11-20T11:00:00Z', '2026-11-20T10:00:00.5Z']],
    ],
    [
      'the least that is relied on',
      sessions({ member_id: 'member-test-1', started_at: '2026-11-20T11:00:00Z' }),
      ['2026-11-20T11:00:00Z'],
    ],
  ])('says when each open session began: %s', (_, body, began) => {
    expect(judge(answers.json(200, body))).toEqual({
      kind: 'sessions',
      startedAt: began.map((iso) => Date.parse(iso)),
      requestId: REQUEST_ID,
    })
  })

  it.each(['session_not_found', 'member_not_found'])('shows none: 404 %s', (errorType) => {
    expect(judge(answers.error(404, errorType))).toMatchObject({ kind: 'sessions', startedAt: [] })
  })

  it.each([
    ['no list', ok],
    ['null for a list', { ...ok, member_sessions: null }],
    ['a session that began at no moment', sessions({ ...session, started_at: '' })],
    ['a session that began on a day', sessions({ ...session, started_at: '2026-11-20' })],
    ['a session that began without a time zone', sessions({ ...session, started_at: '2026-11-20T11:00:00' })],
    ['a session of nobody', sessions({ ...session, member_id: undefined })],
    ['no request_id', { member_sessions: [], status_code: 200 }],
  ])('is unusable: %s', (_, body) => {
    expect(judge(answers.json(200, body))).toMatchObject({ kind: 'unusable', code: 'invalid_response' })
  })

  it('is about somebody else, with one session that is not of the member', () => {
    const others = sessions(session, { ...session, member_id: 'member-test-2' })
    expect(judge(answers.json(200, others))).toMatchObject({ kind: 'unusable', code: 'response_mismatch' })
  })

  it.each([
    ['a 400', answers.error(400, 'invalid_member_id'), { kind: 'refused', unknown: true }],
    ['a wrong key', answers.error(401, 'unauthorized_credentials'), { kind: 'configuration_fault' }],
    ['throttling', answers.error(429, 'too_many_requests', '7'), { kind: 'transient', retryAfterMs: 7000 }],
    ['a proxy', answers.json(502, '<html>'), { kind: 'transient', code: 'http_502' }],
    ['no connection', { kind: 'unreachable', code: 'unreachable' } as const, { kind: 'transient' }],
  ])('fails: %s', (_, answer, verdict) => {
    expect(judge(answer)).toMatchObject(verdict)
  })
})

it.each([
  ['Fri, 20 Nov 2026 12:00:00 GMT', NOW],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])("reads Stytch's clock: %s", (date, ms) => {
  expect(dateOf({ kind: 'answered', status: 200, body: '', retryAfter: undefined, date })).toBe(ms)
  expect(dateOf(answers.timeout())).toBeUndefined()
})
