import type { Member } from '../contract/member.ts'
import { normalizeEmail } from '../contract/normalize-email.ts'
import type { ResetResponse } from './response-schema.ts'

const CANONICAL_MEMBER = /^member-(live|test)-/
const CANONICAL_ORGANIZATION = /^organization-(live|test)-/

/**
 * True when the answer is about somebody else. Ids are compared only when the request named a canonical one:
 * slugs and external ids are legal in a request and never come back.
 */
export function contradictsRequest(response: ResetResponse, request: Member): boolean {
  const { member, organization } = response
  const requestedEmail = normalizeEmail(request.email_address)
  const otherEmail = differs(member?.email_address && normalizeEmail(member.email_address), requestedEmail)
  const otherMember =
    CANONICAL_MEMBER.test(request.member_id ?? '') &&
    [response.member_id, member?.member_id].some((id) => differs(id, request.member_id))
  const otherOrganization =
    CANONICAL_ORGANIZATION.test(request.organization_id ?? '') &&
    [organization?.organization_id, member?.organization_id].some((id) =>
      differs(id, request.organization_id),
    )
  return otherEmail || otherMember || otherOrganization
}

function differs(answered: string | null | undefined, requested: string | undefined): boolean {
  return Boolean(answered) && answered !== requested
}
