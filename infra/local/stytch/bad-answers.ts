import { randomUUID } from 'node:crypto'
import { type Answer, errorAnswer, jsonAnswer, successAnswer } from './answers.ts'
import type { RequestFault } from './faults.ts'
import { madeUpMember } from './stranger.ts'

/** The complete but bad answer of a fault. Undefined for the faults that break the sending of an answer or change a true one. */
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

const SERVER_ERRORS = {
  499: 'client_closed_request',
  500: 'internal_server_error',
  503: 'server_unavailable',
}

/** What a proxy in front of Stytch answers. */
function htmlAnswer(status: number): Answer {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`
  return { status, contentType: 'text/html', body }
}

/** A perfect 200 about a member and an organization that do not exist. */
function strangerAnswer({ requestId, email }: { requestId: string; email: string }): Answer {
  const organizationId = `organization-test-${randomUUID()}`
  return successAnswer(
    {
      requestId,
      organization: { organizationId, slug: 'stranger', name: 'Stranger', suspended: false, createdAt: 0 },
      member: madeUpMember({ organizationId, email }),
      passwordId: undefined,
    },
    { answer: 'full', absentStrings: '""' },
  )
}
