import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODES } from '../../../lib/contract/codes.ts'
import { CONFIGURATION_FAULTS, FAILURES, MEMBER_FAULTS, NOT_FOUND } from '../../../lib/stytch/error-types.ts'
import { createRequireReset, judgeReset } from '../../../lib/stytch/require-reset.ts'
import { type Answer, startHttp } from '../../fakes/start-http.ts'
import { fullResetResponse } from '../../fixtures/full-reset-response.ts'

const CREDENTIALS = { project_id: 'project-test-1', secret: 's' }
const ADA = { email_address: 'Ada@customer.example' }
const REQUEST_ID = 'request-id-test-b05c992f-ebdc-489d-a754-c7e70ba13141'
const NOW = Date.parse('2026-11-20T10:00:00Z')

let answer: Answer
let server: Awaited<ReturnType<typeof startHttp>>
beforeAll(async () => {
  server = await startHttp((response, request) => answer(response, request))
})
afterAll(() => server.stop())

async function judge(
  status: number,
  body: unknown,
  request: Parameters<typeof judgeReset>[1] = ADA,
  headers = {},
) {
  answer = (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  const requireReset = createRequireReset({ timeoutMs: 1000, baseUrl: server.url })
  return judgeReset(await requireReset(request, CREDENTIALS), request, NOW)
}

const full = fullResetResponse()
const minimum = { request_id: REQUEST_ID, status_code: 200 }
const error = (status: number, error_type: string) => ({
  status_code: status,
  request_id: REQUEST_ID,
  error_type,
  error_message: 'ada@customer.example did something',
  error_url: `https://stytch.com/docs/api/errors/${status}`,
})

describe('an answer with status 200', () => {
  it.each([
    ['the legal minimum', minimum, true],
    ['nulls', { ...minimum, member_id: null, member: null, organization: null }, true],
    ['required fields of today removed', { ...minimum, member: {}, organization: {} }, true],
    ['an organization only', { ...minimum, organization: full.organization }, true],
    ['a full member and organization', full, false],
    ['a member id only', { ...minimum, member_id: 'member-test-1' }, false],
    ['an e-mail only', { ...minimum, member: { email_address: ADA.email_address } }, false],
    [
      'nulls and empty strings inside',
      { ...full, member: { ...full.member, email_address: '', member_id: null } },
      false,
    ],
    [
      'unknown new fields and values',
      { ...full, member: { ...full.member, status: 'hibernating', soul: {} }, new_field: [] },
      false,
    ],
  ])('is a reset, and says whether it names nobody: %s', async (_, body, namesNobody) => {
    expect(await judge(200, body)).toEqual({ kind: 'reset', requestId: REQUEST_ID, namesNobody })
  })

  it.each([
    ['an empty body', ''],
    ['text', 'OK'],
    ['HTML', '<html>Welcome to the captive portal</html>'],
    ['another JSON object', { surprise: true }],
    ['JSON null', 'null'],
    ['no request_id', { status_code: 200 }],
    ['an empty request_id', { request_id: '', status_code: 200 }],
    ['no status_code', { request_id: REQUEST_ID }],
    ['another status_code', { request_id: REQUEST_ID, status_code: 500 }],
    ['a status_code of the wrong type', { request_id: REQUEST_ID, status_code: '200' }],
    ['a member of the wrong type', { ...minimum, member: 'ada' }],
    ['an error in disguise', { ...error(404, 'email_not_found') }],
  ])('is unusable: %s', async (_, body) => {
    expect(await judge(200, body)).toMatchObject({ kind: 'unusable', code: 'invalid_response' })
  })

  it('is unusable when it is not exactly 200', async () => {
    expect(await judge(202, full)).toMatchObject({ kind: 'unusable', code: 'invalid_response' })
  })

  const asked = { ...ADA, member_id: 'member-test-1', organization_id: 'organization-test-1' }
  it.each([
    ['e-mail', fullResetResponse({ email: 'bob@customer.example' }), ADA],
    ['member', fullResetResponse({ memberId: 'member-test-2' }), asked],
    ['member, at the top only', { ...full, member_id: 'member-test-2' }, asked],
    ['organization', fullResetResponse({ organizationId: 'organization-test-2' }), asked],
  ])('contradicts the request: another %s', async (_, body, request) => {
    expect(await judge(200, body, request)).toEqual({
      kind: 'unusable',
      code: 'response_mismatch',
      requestId: REQUEST_ID,
    })
  })

  it('does not contradict a request that named a slug or an external id', async () => {
    const request = { ...ADA, member_id: 'hr|7', organization_id: 'customer' }
    expect(await judge(200, full, request)).toMatchObject({ kind: 'reset' })
  })

  it('does not contradict a request whose capitals Stytch folded, also beyond ASCII', async () => {
    const answer = fullResetResponse({ email: 'юля@customer.example' })
    expect(await judge(200, answer, { email_address: 'ЮЛЯ@Customer.Example' })).toMatchObject({
      kind: 'reset',
    })
  })

  it('keeps no request_id that could hold personal data', async () => {
    expect(await judge(200, { ...minimum, request_id: 'ada@customer.example' })).toMatchObject({
      kind: 'reset',
      requestId: undefined,
    })
  })
})

describe('an error answer', () => {
  it.each([
    [404, 'member_password_not_found', { kind: 'no_password' }],
    [404, 'password_not_found', { kind: 'no_password' }],
    [400, 'member_password_not_found', { kind: 'no_password' }],
    [404, 'email_not_found', { kind: 'not_found' }],
    [404, 'member_not_found', { kind: 'not_found' }],
    [404, 'organization_not_found', { kind: 'not_found' }],
    [400, 'invalid_email', { kind: 'refused', unknown: false }],
    [403, 'organization_suspended', { kind: 'refused', unknown: false }],
    [400, 'cross_org_passwords_not_enabled', { kind: 'configuration_fault', unauthorized: false }],
    [403, 'use_https', { kind: 'configuration_fault', unauthorized: false }],
    [401, 'unauthorized_credentials', { kind: 'configuration_fault', unauthorized: true }],
    [400, 'invalid_secret_authentication', { kind: 'configuration_fault', unauthorized: true }],
    [429, 'too_many_requests', { kind: 'transient', throttled: true, uncertain: false }],
    [499, 'client_closed_request', { kind: 'transient', throttled: false, uncertain: false }],
    [500, 'internal_server_error', { kind: 'transient', throttled: false, uncertain: false }],
    [503, 'server_unavailable', { kind: 'transient', throttled: false, uncertain: false }],
  ])('%i %s', async (status, errorType, verdict) => {
    expect(await judge(status, error(status, errorType))).toMatchObject({
      ...verdict,
      code: errorType,
      requestId: REQUEST_ID,
    })
  })

  it.each([
    [
      'a word of a configuration fault with a status that it does not belong to',
      500,
      { status_code: 500, error_type: 'use_https' },
      { kind: 'transient', code: 'http_500' },
    ],
    ['a 401 without a Stytch body', 401, 'Unauthorized', { kind: 'configuration_fault', code: 'http_401' }],
    ['a 403 page of a proxy', 403, '<html>blocked</html>', { kind: 'transient', code: 'http_403' }],
    ['a 404 of something else', 404, { message: 'no such route' }, { kind: 'transient', code: 'http_404' }],
    [
      'a 400 about another status',
      400,
      error(404, 'email_not_found'),
      { kind: 'transient', code: 'http_400' },
    ],
    ['an empty 503', 503, '', { kind: 'transient', code: 'http_503' }],
    ['an HTML 502', 502, '<html>Bad gateway</html>', { kind: 'transient', code: 'http_502' }],
    ['a redirect', 302, '', { kind: 'transient', code: 'http_302' }],
    [
      'a 4xx without an error_type',
      400,
      { ...error(400, ''), error_type: null },
      { kind: 'refused', code: 'stytch_error_400', unknown: true },
    ],
    [
      'a status_code as a string',
      404,
      { ...error(404, 'email_not_found'), status_code: '404' },
      { kind: 'not_found' },
    ],
    [
      'an e-mail as error_type',
      400,
      error(400, 'ada@customer.example'),
      { kind: 'refused', code: 'stytch_error_400', unknown: true },
    ],
    [
      'an error_type that is too long for a code',
      400,
      error(400, 'x'.repeat(101)),
      { kind: 'refused', code: 'stytch_error_400' },
    ],
    ['a failure that names a member fault', 500, error(500, 'member_not_found'), { code: 'http_500' }],
    [
      'a refusal that names a failure',
      400,
      error(400, 'too_many_requests'),
      { kind: 'refused', code: 'stytch_error_too_many_requests', unknown: true },
    ],
    ['a 401 that names a member fault', 401, error(401, 'member_not_found'), { code: 'http_401' }],
  ])('%s', async (_, status, body, verdict) => {
    expect(await judge(status, body)).toMatchObject(verdict)
  })

  it.each(['organization_password_not_found', 'xpassword_not_found', 'no_password', 'PASSWORD_NOT_FOUND'])(
    'is no sign that there is no password, when its error_type is %s',
    async (errorType) => {
      const code = `stytch_error_${errorType}`
      expect(await judge(404, error(404, errorType))).toMatchObject({ kind: 'refused', code, unknown: true })
    },
  )

  describe.each([400, 401, 403, 404, 409, 429, 500, 503])('with status %i', (status) => {
    const documented = new Set<string>([...CONFIGURATION_FAULTS, ...FAILURES, ...NOT_FOUND, ...MEMBER_FAULTS])
    const ours = Object.keys(CODES).filter((code) => !documented.has(code))
    const withoutOurPrefix = ours.filter((code) => code.startsWith('stytch_')).map((code) => code.slice(7))

    it.each([...ours, ...withoutOurPrefix, 'constructor', '__proto__', 'toString'])(
      'has no code of ours when its error_type is %s',
      async (errorType) => {
        const verdict = await judge(status, error(status, errorType))
        const isRefused = status < 500 && status !== 401 && status !== 429
        const code = isRefused ? `stytch_error_${errorType}` : `http_${status}`
        expect(verdict).toMatchObject({ code })
        expect(status === 401 || !Object.hasOwn(CODES, code)).toBe(true)
      },
    )
  })

  it.each([
    ['7', 7000],
    ['Fri, 20 Nov 2026 10:01:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['31536000', 3_600_000],
    ['1.5', undefined],
    ['soon', undefined],
  ])('reads Retry-After: %s', async (header, retryAfterMs) => {
    const verdict = await judge(429, error(429, 'too_many_requests'), ADA, { 'retry-after': header })
    expect(verdict.kind === 'transient' && verdict.retryAfterMs).toBe(retryAfterMs)
  })
})
