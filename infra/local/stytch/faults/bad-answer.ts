import { errorAnswer } from '../error-answer.ts'
import { type Answer, jsonAnswer } from '../json-answer.ts'
import type { RequestFault } from './fault-rule.ts'
import { strangerAnswer } from './stranger-answer.ts'

const SERVER_ERRORS = {
  499: 'client_closed_request',
  500: 'internal_server_error',
  503: 'server_unavailable',
}

/** The whole but bad answer that a fault gives; undefined for the faults that break the answer itself. */
export function badAnswer(
  fault: RequestFault,
  about: { requestId: string; email: string },
): Answer | undefined {
  const { requestId } = about
  switch (fault.kind) {
    case 'throttle': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      return errorAnswer(429, 'too_many_requests', requestId, { headers })
    }
    case 'server_error': {
      const status = fault.status ?? 500
      return errorAnswer(status, SERVER_ERRORS[status], requestId)
    }
    case 'error':
      return errorAnswer(fault.status, fault.errorType, requestId, { message: fault.message })
    case 'html':
      return htmlAnswer(fault.status ?? 502)
    case 'redirect':
      return { ...htmlAnswer(302), headers: { location: fault.location ?? '/maintenance' } }
    case 'not_json':
      return { status: 200, contentType: 'text/plain', body: 'OK' }
    case 'wrong_json':
      return jsonAnswer(200, { surprise: true })
    case 'wrong_member':
      return strangerAnswer({ requestId, email: about.email })
    case 'wrong_email':
      return strangerAnswer({ requestId, email: `stranger-${about.email}` })
    default:
      return undefined
  }
}

/** What a proxy in front of Stytch says. */
function htmlAnswer(status: number): Answer {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`
  return { status, contentType: 'text/html', body }
}
