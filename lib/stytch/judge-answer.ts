import * as z from 'zod'
import type { Member } from '../contract/breach-event.ts'
import {
  CONFIGURATION_FAULTS,
  FAILURES,
  KEY_FAULTS,
  MEMBER_FAULTS,
  NO_PASSWORD,
  NOT_FOUND,
  UNKNOWN_PREFIX,
} from './error-types.ts'
import type { Answer } from './require-reset.ts'

const TRANSIENT_4XX = new Set([408, 425, 429, 499])

/** Turns an answer of require_reset into what it means for the member it was asked for. `now` in ms since the epoch. */
export function judgeAnswer(answer: Answer, request: Member, now: number): Verdict {
  if (answer.kind !== 'answered') {
    const uncertain = answer.kind === 'unanswered'
    return { kind: 'transient', code: answer.code, requestId: undefined, uncertain, throttled: false }
  }
  const json = parse(answer.body)
  if (answer.status >= 200 && answer.status < 300) return judgeSuccess(answer.status, json, request)

  const { errorType = '', requestId, fromStytch } = readError(json, answer.status)
  const named = (names: ReadonlySet<string>) => (names.has(errorType) ? errorType : undefined)
  const byStatus = `http_${answer.status}`
  const refused =
    fromStytch && answer.status >= 400 && answer.status < 500 && !TRANSIENT_4XX.has(answer.status)
  if (answer.status === 401 || (refused && named(CONFIGURATION_FAULTS))) {
    const unauthorized = answer.status === 401 || KEY_FAULTS.has(errorType)
    return {
      kind: 'configuration_fault',
      code: named(CONFIGURATION_FAULTS) ?? byStatus,
      requestId,
      unauthorized,
    }
  }
  if (!refused) {
    const code = named(FAILURES) ?? byStatus
    const retryAfterMs = parseRetryAfter(answer.retryAfter, now)
    const hint = retryAfterMs === undefined ? {} : { retryAfterMs }
    return { kind: 'transient', code, requestId, uncertain: false, throttled: answer.status === 429, ...hint }
  }
  if (NO_PASSWORD.has(errorType)) return { kind: 'no_password', code: errorType, requestId }
  if (NOT_FOUND.has(errorType)) return { kind: 'not_found', code: errorType, requestId }
  const code = named(MEMBER_FAULTS) ?? `${UNKNOWN_PREFIX}${errorType || answer.status}`
  return { kind: 'refused', code, requestId, unknown: !MEMBER_FAULTS.has(errorType) }
}

function judgeSuccess(status: number, json: unknown, request: Member): Verdict {
  const response = ResetResponseSchema.safeParse(json)
  if (status !== 200 || !response.success) {
    return { kind: 'unusable', code: 'invalid_response', requestId: readError(json, status).requestId }
  }
  const requestId = safeToken(response.data.request_id)
  if (contradictsRequest(response.data, request))
    return { kind: 'unusable', code: 'response_mismatch', requestId }
  return { kind: 'reset', requestId, namesNobody: namesNobody(response.data) }
}

function readError(json: unknown, status: number) {
  const error = ErrorResponseSchema.safeParse(json)
  return {
    errorType: safeToken(error.data?.error_type),
    requestId: safeToken(error.data?.request_id),
    fromStytch: error.success && error.data.status_code === status,
  }
}

/** Both go into logs and message attributes: anything but a plain token could be personal data. A code with its prefix is shorter than 128. */
function safeToken(value: string | null | undefined): string | undefined {
  return value && /^[A-Za-z0-9_-]{1,100}$/.test(value) ? value : undefined
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * What one answer means. `code` is an error_type of error-types.ts where that list belongs, `http_<status>` when something failed, or
 * `stytch_error_<error_type>` when Stytch itself refused (`unknown`), so that no word of Stytch's is taken for one of ours.
 * After an `uncertain` transient verdict, and after every `unusable` one, the password may have been reset all the same.
 * `namesNobody`: Stytch's schema requires no more than a request id, so it can't be compared with the request.
 * `unauthorized`: the key was refused; reading the secret again may help.
 */
export type Verdict =
  | { kind: 'reset'; requestId: string | undefined; namesNobody: boolean }
  | { kind: 'no_password'; code: string; requestId: string | undefined }
  | { kind: 'not_found'; code: string; requestId: string | undefined }
  | { kind: 'refused'; code: string; requestId: string | undefined; unknown: boolean }
  | { kind: 'unusable'; code: 'invalid_response' | 'response_mismatch'; requestId: string | undefined }
  | {
      kind: 'transient'
      code: string
      requestId: string | undefined
      uncertain: boolean
      throttled: boolean
      retryAfterMs?: number
    }
  | { kind: 'configuration_fault'; code: string; requestId: string | undefined; unauthorized: boolean }

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

const MAX_RETRY_AFTER_MS = 3_600_000

/**
 * Reads a Retry-After header (RFC 9110: seconds or an HTTP date) as ms from `now`; undefined when absent or unreadable.
 * At most an hour, the length of Stytch's longest windows: a typo of theirs must not stop us for a year.
 */
function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined
  const date = /GMT$/.test(header.trim()) ? Date.parse(header) : Number.NaN
  const ms = seconds === undefined ? date - now : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms))
}

/** Absent, null and "" mean the same at Stytch (its own samples show all three). */
const optionalString = z.string().nullish()

/**
 * Strict about what is relied on and blind to the rest: unknown fields and values pass, new required fields don't matter.
 * (Required: request_id and status_code, per RequireResetResponse in stytchauth/stytch-openapi.)
 */
const ResetResponseSchema = z.object({
  request_id: z.string().min(1),
  status_code: z.literal(200),
  member_id: optionalString,
  member: z
    .object({ email_address: optionalString, member_id: optionalString, organization_id: optionalString })
    .nullish(),
  organization: z.object({ organization_id: optionalString }).nullish(),
})

type ResetResponse = z.infer<typeof ResetResponseSchema>

/** A Stytch error body. Its status_code (a string on one docs page) distinguishes it from a proxy's JSON; error_type is optional in Stytch's Python SDK. */
const ErrorResponseSchema = z
  .object({ status_code: z.coerce.number(), error_type: optionalString, request_id: optionalString })
  .refine(({ error_type, request_id }) => Boolean(error_type || request_id))
