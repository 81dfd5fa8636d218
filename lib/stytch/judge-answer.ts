import type { Member } from '../contract/member.ts'
import type { Answer } from './answer.ts'
import { contradictsRequest } from './contradicts-request.ts'
import { CONFIGURATION_FAULTS, KEY_FAULTS, MEMBER_FAULTS, NOT_FOUND } from './error-types.ts'
import { parseRetryAfter } from './parse-retry-after.ts'
import { ErrorResponseSchema, ResetResponseSchema } from './response-schema.ts'
import type { Verdict } from './verdict.ts'

const TRANSIENT_4XX = new Set([408, 425, 429, 499])

/** Turns an answer of require_reset into what it means for the member it was asked for. `now` in ms since the epoch. */
export function judgeAnswer(answer: Answer, request: Member, now: number): Verdict {
  if (answer.kind !== 'answered') {
    const uncertain = answer.kind === 'unanswered'
    return { kind: 'transient', code: answer.code, requestId: undefined, uncertain, throttled: false }
  }
  const json = parse(answer.body)
  if (answer.status >= 200 && answer.status < 300) return judgeSuccess(answer.status, json, request)

  const { errorType, requestId, fromStytch } = readError(json, answer.status)
  const code = errorType ?? `http_${answer.status}`
  if (answer.status === 401 || CONFIGURATION_FAULTS.has(code)) {
    const unauthorized = answer.status === 401 || KEY_FAULTS.has(code)
    return { kind: 'configuration_fault', code, requestId, unauthorized }
  }
  const refused =
    fromStytch && answer.status >= 400 && answer.status < 500 && !TRANSIENT_4XX.has(answer.status)
  if (!refused) {
    const retryAfterMs = parseRetryAfter(answer.retryAfter, now)
    const hint = retryAfterMs === undefined ? {} : { retryAfterMs }
    return { kind: 'transient', code, requestId, uncertain: false, throttled: answer.status === 429, ...hint }
  }
  if (code.endsWith('password_not_found')) return { kind: 'no_password', code, requestId }
  if (NOT_FOUND.has(code)) return { kind: 'not_found', code, requestId }
  return { kind: 'refused', code, requestId, unknown: !MEMBER_FAULTS.has(code) }
}

function judgeSuccess(status: number, json: unknown, request: Member): Verdict {
  const response = ResetResponseSchema.safeParse(json)
  if (status !== 200 || !response.success) {
    return { kind: 'unusable', code: 'invalid_response', requestId: readError(json, status).requestId }
  }
  const requestId = safeToken(response.data.request_id)
  if (contradictsRequest(response.data, request))
    return { kind: 'unusable', code: 'response_mismatch', requestId }
  return { kind: 'reset', requestId }
}

function readError(json: unknown, status: number) {
  const error = ErrorResponseSchema.safeParse(json)
  return {
    errorType: safeToken(error.data?.error_type),
    requestId: safeToken(error.data?.request_id),
    fromStytch: error.success && error.data.status_code === status,
  }
}

/** These two go into logs and message attributes: anything but a plain token could be personal data. */
function safeToken(value: string | null | undefined): string | undefined {
  return value && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body)
  } catch {
    return undefined
  }
}
