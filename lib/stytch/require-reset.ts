import * as z from 'zod'
import type { Member } from '../contract/breach-event.ts'
import { type Answer, type AskOptions, createAskStytch } from './ask-stytch.ts'
import type { Credentials } from './credentials.ts'
import { NO_PASSWORD, NOT_FOUND } from './error-types.ts'
import { type Failure, judgeAnswer, optionalString, SuccessSchema } from './judge-answer.ts'

const PATH = '/v1/b2b/passwords/email/require_reset'

export type RequireReset = (member: Member, credentials: Credentials) => Promise<Answer>

/** Returns the call that resets the password of a member. It never rejects. */
export function createRequireReset(options: AskOptions): RequireReset {
  const askStytch = createAskStytch(options)
  return ({ email_address, organization_id, member_id }, credentials) =>
    askStytch(
      { method: 'POST', path: PATH, body: { email_address, organization_id, member_id } },
      credentials,
    )
}

/**
 * What an answer of require_reset means for the member it was asked for, where it is not a failure.
 * `namesNobody`: Stytch's schema requires no more than a request id, so it can't be compared with the request.
 */
export type ResetDone =
  | { kind: 'reset'; requestId: string | undefined; namesNobody: boolean }
  | { kind: 'no_password'; code: string; requestId: string | undefined }
  | { kind: 'not_found'; code: string; requestId: string | undefined }

export type ResetVerdict = ResetDone | Failure

/** Turns an answer of require_reset into what it means for the member it was asked for. `now` in ms since the epoch. */
export function judgeReset(answer: Answer, request: Member, now: number): ResetVerdict {
  return judgeAnswer<ResetDone>(answer, now, {
    success: (json, requestId) => {
      const response = ResetResponseSchema.safeParse(json).data
      if (!response) return 'invalid_response'
      if (contradictsRequest(response, request)) return 'response_mismatch'
      return { kind: 'reset', requestId, namesNobody: namesNobody(response) }
    },
    refusal: (code, requestId) => {
      if (NO_PASSWORD.has(code)) return { kind: 'no_password', code, requestId }
      if (NOT_FOUND.has(code)) return { kind: 'not_found', code, requestId }
      return undefined
    },
  })
}

const CANONICAL_MEMBER = /^member-(live|test)-/
const CANONICAL_ORGANIZATION = /^organization-(live|test)-/

/**
 * Whether the answer is about somebody else. Ids are compared only when the request named a canonical one:
 * slugs and external ids are legal in a request and never come back. How Stytch folds capitals beyond ASCII is its own affair.
 */
function contradictsRequest(response: ResetResponse, request: Member): boolean {
  const { member, organization } = response
  const otherEmail = differs(member?.email_address?.trim().toLowerCase(), request.email_address.toLowerCase())
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

function namesNobody({ member_id, member }: ResetResponse): boolean {
  return !member_id && !member?.member_id && !member?.email_address
}

function differs(answered: string | null | undefined, requested: string | undefined): boolean {
  return Boolean(answered) && answered !== requested
}

/**
 * Strict about what is relied on and blind to the rest: unknown fields and values pass, new required fields don't matter.
 * (Required: request_id and status_code, per RequireResetResponse in stytchauth/stytch-openapi.)
 */
const ResetResponseSchema = SuccessSchema.extend({
  member_id: optionalString,
  member: z
    .object({ email_address: optionalString, member_id: optionalString, organization_id: optionalString })
    .nullish(),
  organization: z.object({ organization_id: optionalString }).nullish(),
})

type ResetResponse = z.infer<typeof ResetResponseSchema>
