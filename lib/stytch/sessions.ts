import * as z from 'zod'
import type { Answer, StytchRequest } from './ask-stytch.ts'
import { NO_SESSION } from './error-types.ts'
import { type Failure, judgeAnswer, SuccessSchema } from './judge-answer.ts'
import type { MemberIds } from './search.ts'

/** Asks Stytch to end all sessions of a member. */
export function revokeSessions({ memberId }: MemberIds): StytchRequest {
  return { method: 'POST', path: '/v1/b2b/sessions/revoke', body: { member_id: memberId } }
}

/** Asks for the sessions of a member that are open. */
export function readSessions({ organizationId, memberId }: MemberIds): StytchRequest {
  const query = new URLSearchParams({ organization_id: organizationId, member_id: memberId })
  return { method: 'GET', path: `/v1/b2b/sessions?${query}` }
}

export type Revoked = { kind: 'revoked'; requestId: string | undefined }

/** Turns an answer to a revoke into what it means. A member without a session, or who is gone, has none left. `now` in ms since the epoch. */
export function judgeRevoke(answer: Answer, now: number): Revoked | Failure {
  return judgeAnswer<Revoked>(answer, now, {
    success: (json, requestId) =>
      SuccessSchema.safeParse(json).success ? { kind: 'revoked', requestId } : 'invalid_response',
    refusal: (errorType, requestId) =>
      NO_SESSION.has(errorType) ? { kind: 'revoked', requestId } : undefined,
  })
}

/** When each open session of a member began, by Stytch's clock, in ms since the epoch. */
export type OpenSessions = {
  kind: 'sessions'
  startedAt: readonly number[]
  requestId: string | undefined
}

/** Turns an answer to a read-back of `member` into what it means. `now` in ms since the epoch. */
export function judgeSessions(answer: Answer, member: MemberIds, now: number): OpenSessions | Failure {
  return judgeAnswer<OpenSessions>(answer, now, {
    success: (json, requestId) => {
      const response = SessionsSchema.safeParse(json).data
      if (!response) return 'invalid_response'
      const { member_sessions: sessions } = response
      if (sessions.some(({ member_id }) => member_id !== member.memberId)) return 'response_mismatch'
      const startedAt = sessions.map(({ started_at }) => Date.parse(started_at))
      return { kind: 'sessions', startedAt, requestId }
    },
    refusal: (errorType, requestId) =>
      NO_SESSION.has(errorType) ? { kind: 'sessions', startedAt: [], requestId } : undefined,
  })
}

/** What is relied on, as Stytch's OpenAPI document has it. */
const SessionsSchema = SuccessSchema.extend({
  member_sessions: z.array(z.object({ member_id: z.string(), started_at: z.iso.datetime({ offset: true }) })),
})
