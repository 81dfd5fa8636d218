import fc from 'fast-check'
import { fullResetResponse } from '../fixtures/full-reset-response.ts'
import { editedText } from './edited-text.ts'
import { hostileValue } from './hostile-value.ts'
import { mutated } from './mutated.ts'
import { PLANTED } from './planted.ts'

const status_code = fc.constantFrom<unknown>(200, 200, 200, 200, '200', 201)
const request_id = fc.constantFrom('request-1', 'request-1', '', PLANTED.encoded)

const full = fc
  .record({
    email: fc.constantFrom(PLANTED.email, PLANTED.email, ' Ada@LEAK.example', 'eve@leak.example'),
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
  request_id: fc.constantFrom('request-1', PLANTED.encoded),
  error_type: fc.constantFrom(
    ...[
      'email_not_found',
      'member_password_not_found',
      'organization_suspended',
      'brand_new',
      PLANTED.password,
    ],
    ...['unauthorized_credentials', 'use_https', 'too_many_requests', 'constructor', '__proto__'],
  ),
  error_message: fc.constant(`${PLANTED.email} did something`),
})

/** The body of an answer to require_reset for `PLANTED.email`: what Stytch sends, broken in some way, or anything at all. */
export const stytchBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: mutated(success).map((value) => JSON.stringify(value) ?? '') },
  { weight: 3, arbitrary: mutated(refusal).map((value) => JSON.stringify(value) ?? '') },
  { weight: 3, arbitrary: editedText(fc.oneof(success, refusal).map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
