import fc from 'fast-check'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { fullResetResponse } from '../fixtures/full-reset-response.ts'
import { ENCODED_MEMBER, MEMBER, PASSWORD, STRANGER } from '../leaks/planted.ts'
import { anyText, edgeMoment, editedText, hostileText, hostileValue, mutated } from './hostile.ts'

const status_code = fc.constantFrom<unknown>(200, 200, 200, 200, '200', 201)
const request_id = fc.constantFrom('request-1', 'request-1', '', ENCODED_MEMBER)

const full = fc
  .record({
    email: fc.constantFrom(MEMBER, MEMBER, ` ${MEMBER.toUpperCase()}`, STRANGER),
    memberId: fc.constantFrom('member-test-1', 'member-test-2'),
    organizationId: fc.constantFrom('organization-test-1', 'organization-test-2'),
  })
  .map(fullResetResponse)
const least = fc.constantFrom({}, { member_id: 'member-test-1', member: null, organization: null })
const success = fc
  .tuple(fc.oneof(full, least), fc.record({ status_code, request_id }))
  .map(([body, rest]): unknown => ({ ...body, ...rest }))

const refusal = fc.record({
  status_code: fc.constantFrom<unknown>(200, 400, 401, 404, 429, 500, '400'),
  request_id: fc.constantFrom('request-1', ENCODED_MEMBER),
  error_type: fc.constantFrom(
    ...['email_not_found', 'member_password_not_found', 'organization_suspended', 'brand_new', PASSWORD],
    ...['unauthorized_credentials', 'use_https', 'too_many_requests', 'constructor', '__proto__'],
  ),
  error_message: fc.constant(`${MEMBER} did something`),
})

/** The body of an answer to require_reset for MEMBER: what Stytch sends, broken in some way, or anything at all. */
export const stytchBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: mutated(success).map((value) => JSON.stringify(value) ?? '') },
  { weight: 3, arbitrary: mutated(refusal).map((value) => JSON.stringify(value) ?? '') },
  { weight: 3, arbitrary: editedText(fc.oneof(success, refusal).map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: anyText },
)

const retryAfter = fc.oneof(
  fc.constantFrom('0', '7', '3601', '9'.repeat(400), '-1', '1.5', '0x10', '1e3', ' 7 ', '7, 8', '٣'),
  fc.constantFrom(
    'Fri, 20 Nov 2026 12:00:07 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Sat, 01 Jan 275761 GMT',
    'GMT',
  ),
  edgeMoment,
  hostileText.map((text) => `${text} GMT`),
)

/** What the client can return: any answer with any status, or none. */
export const answered: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('answered'),
      status: fc.oneof(
        fc.constantFrom(200, 200, 200, 400, 404, 401, 429, 499, 500, 503, 302, 204),
        fc.nat(999),
      ),
      body: fc.option(stytchBody, { nil: undefined, freq: 9 }),
      retryAfter: fc.option(retryAfter, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Answer>(
      { kind: 'unanswered', code: 'timeout' },
      { kind: 'unanswered', code: 'connection_lost' },
      { kind: 'unreachable', code: 'unreachable' },
    ),
  },
)
