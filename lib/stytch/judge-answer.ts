import * as z from 'zod'
import type { Answer } from './ask-stytch.ts'
import { CONFIGURATION_FAULTS, FAILURES, KEY_FAULTS, MEMBER_FAULTS, UNKNOWN_PREFIX } from './error-types.ts'

const TRANSIENT_4XX = new Set([408, 425, 429, 499])

/**
 * Turns an answer of Stytch into what it means. How an endpoint answers is given: `success` reads the JSON of a 200, and returns a code
 * when that is unusable; `refusal` reads the error_type of a 4xx that is an answer of this endpoint like any other. `now` in ms since the epoch.
 */
export function judgeAnswer<Done extends { kind: string }>(
  answer: Answer,
  now: number,
  endpoint: {
    success: (json: unknown, requestId: string | undefined) => Done | UnusableCode
    refusal: (errorType: string, requestId: string | undefined) => Done | undefined
  },
): Done | Failure {
  if (answer.kind !== 'answered') {
    const uncertain = answer.kind === 'unanswered'
    return { kind: 'transient', code: answer.code, requestId: undefined, uncertain, throttled: false }
  }
  const json = parse(answer.body)
  if (answer.status >= 200 && answer.status < 300) {
    const requestId = readRequestId(json)
    const done = answer.status === 200 ? endpoint.success(json, requestId) : 'invalid_response'
    return typeof done === 'string' ? { kind: 'unusable', code: done, requestId } : done
  }

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
  const done = endpoint.refusal(errorType, requestId)
  if (done) return done
  const code = named(MEMBER_FAULTS) ?? `${UNKNOWN_PREFIX}${errorType || answer.status}`
  return { kind: 'refused', code, requestId, unknown: !MEMBER_FAULTS.has(errorType) }
}

type UnusableCode = 'invalid_response' | 'response_mismatch'

/**
 * What one answer means where it is not what was asked for. `code` is an error_type of error-types.ts where that list belongs,
 * `http_<status>` when something failed, or `stytch_error_<error_type>` when Stytch itself refused (`unknown`), so that no word of
 * Stytch's is taken for one of ours.
 * After an `uncertain` transient verdict, and after every `unusable` one, what was asked for may have happened all the same.
 * `unauthorized`: the key was refused; reading the secret again may help.
 */
export type Failure =
  | { kind: 'refused'; code: string; requestId: string | undefined; unknown: boolean }
  | { kind: 'unusable'; code: UnusableCode; requestId: string | undefined }
  | {
      kind: 'transient'
      code: string
      requestId: string | undefined
      uncertain: boolean
      throttled: boolean
      retryAfterMs?: number
    }
  | { kind: 'configuration_fault'; code: string; requestId: string | undefined; unauthorized: boolean }

const FAILURE_KINDS: ReadonlySet<string> = new Set<Failure['kind']>([
  'refused',
  'unusable',
  'transient',
  'configuration_fault',
])

/** The verdict if it is a failure. */
export function failureOf(verdict: { kind: string }): Failure | undefined {
  return FAILURE_KINDS.has(verdict.kind) ? (verdict as Failure) : undefined
}

/** The HTTP Date header, by Stytch's clock in whole seconds, as ms since the epoch; undefined when there is none. */
export function dateOf(answer: Answer): number | undefined {
  const date = answer.kind === 'answered' ? Date.parse(answer.date ?? '') : Number.NaN
  return Number.isNaN(date) ? undefined : date
}

function readRequestId(json: unknown): string | undefined {
  return safeToken(RequestIdSchema.safeParse(json).data?.request_id)
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
export const optionalString = z.string().nullish()

/** What Stytch's OpenAPI document requires of every 200. */
export const SuccessSchema = z.object({ request_id: z.string().min(1), status_code: z.literal(200) })

const RequestIdSchema = z.object({ request_id: optionalString })

/** A Stytch error body. Its status_code (a string on one docs page) distinguishes it from a proxy's JSON; error_type is optional in Stytch's Python SDK. */
const ErrorResponseSchema = z
  .object({ status_code: z.coerce.number(), error_type: optionalString, request_id: optionalString })
  .refine(({ error_type, request_id }) => Boolean(error_type || request_id))
