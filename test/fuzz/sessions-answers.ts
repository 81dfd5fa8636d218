import fc from 'fast-check'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { toSession } from '../fakes/create-stytch-members.ts'
import { ENCODED_MEMBER, MEMBER, PASSWORD, STRANGER } from '../leaks/planted.ts'
import { editedText, hostileValue, mutated } from './hostile.ts'

const outer = {
  status_code: fc.constantFrom<unknown>(200, 200, 200, 200, '200', 201),
  request_id: fc.constantFrom('request-1', 'request-1', '', ENCODED_MEMBER),
}
const memberId = fc.constantFrom('member-test-1', 'member-test-1', 'member-test-2')
const organization_id = fc.constantFrom('organization-test-1', 'organization-test-2')
const email_address = fc.constantFrom(MEMBER, MEMBER.toUpperCase(), STRANGER)
const member = fc.record({ member_id: memberId, organization_id, email_address })
const results_metadata = fc.record({
  total: fc.constantFrom(-1, 0, 7),
  next_cursor: fc.constantFrom<unknown>('', null, 'page-2', MEMBER),
})
const began = fc.constantFrom('2026-11-20T11:00:00Z', '2026-11-20T11:00:00.5+01:00', '2026-11-20', MEMBER)
const session = fc.tuple(memberId, began).map(([id, at]) => toSession(id, at))
const few = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 4 })

const success = fc.oneof(
  fc.record({ ...outer, results_metadata, members: few(member) }),
  fc.record({ ...outer, results_metadata, organizations: few(fc.record({ organization_id })) }),
  fc.record({ ...outer, member_sessions: few(session) }),
  fc.record(outer),
)
const refusal = fc.record({
  status_code: fc.constantFrom<unknown>(200, 400, 401, 403, 404, 429, 500, '404'),
  request_id: fc.constantFrom('request-1', ENCODED_MEMBER),
  error_type: fc.constantFrom(
    ...['session_not_found', 'member_not_found', 'organization_suspended', 'brand_new', PASSWORD],
    ...['unauthorized_credentials', 'use_https', 'too_many_requests', 'constructor', '__proto__'],
  ),
})
const any = fc.oneof<fc.Arbitrary<unknown>[]>(success, refusal)
const body = fc.oneof(
  { weight: 5, arbitrary: mutated(any).map((value) => JSON.stringify(value) ?? '') },
  { weight: 3, arbitrary: editedText(any.map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
)

/** What an endpoint of sessions or a search can return: any answer with any status, or none. */
export const sessionsAnswer: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('answered'),
      status: fc.oneof(fc.constantFrom(200, 200, 200, 200, 400, 404, 401, 429, 500, 302, 204), fc.nat(999)),
      body: fc.option(body, { nil: undefined, freq: 9 }),
      retryAfter: fc.constantFrom(undefined, '7', MEMBER),
      date: fc.constantFrom(undefined, 'Fri, 20 Nov 2026 12:00:00 GMT', MEMBER),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Answer>(
      { kind: 'unanswered', code: 'timeout' },
      { kind: 'unreachable', code: 'unreachable' },
    ),
  },
)
