import { memberObject, organizationObject } from './objects.ts'
import type { SimulatedMember, SimulatedOrganization } from './project.ts'

/** The 200 of require_reset, full or minimal. Stytch's OpenAPI document allows both. */
export function successAnswer(
  { requestId, member, organization, passwordId }: SuccessDetails,
  format: AnswerFormat,
): Answer {
  const required = { request_id: requestId, status_code: 200 }
  if (format.answer === 'minimal') return jsonAnswer(200, required)
  const absent = absentString(format)
  return jsonAnswer(200, {
    ...required,
    member_id: member.memberId,
    member: memberObject(member, { passwordId, absent }),
    organization: organizationObject(organization, { absent }),
  })
}

export type AnswerFormat = {
  /** Whether a 200 carries `member_id`, `member` and `organization`, or only `request_id` and `status_code`. */
  answer: 'full' | 'minimal'
  /** How members and organizations show an absent string. Stytch's own samples have both. */
  absentStrings: '""' | 'null'
}

export function absentString({ absentStrings }: Pick<AnswerFormat, 'absentStrings'>): '' | null {
  return absentStrings === 'null' ? null : ''
}

type SuccessDetails = {
  requestId: string
  member: SimulatedMember
  organization: SimulatedOrganization
  /** The password as it is after the call. */
  passwordId: string | undefined
}

/** Stytch's own messages where they are public. */
const MESSAGES: Record<string, string> = {
  cross_org_passwords_not_enabled: 'Cross-organization passwords are not enabled for this project.',
  email_not_found: 'Email could not be found.',
  internal_server_error:
    'Oops, something seems to have gone wrong, please reach out to support@stytch.com to let us know what went wrong.',
  invalid_email: 'Email format is invalid.',
  member_not_found: 'Member could not be found.',
  member_password_not_found: 'Member password not found.',
  organization_not_found: 'Organization could not be found.',
  organization_suspended: 'Organization is suspended.',
  member_search_organization_ids_empty: 'At least one organization_id is required.',
  no_session_revoke_arguments: 'A member_id, member_session_id, session_token or session_jwt is required.',
  route_not_found: 'The requested route was not found.',
  session_not_found: 'Session could not be found.',
  server_unavailable: 'The server is temporarily unavailable. Please retry the request.',
  too_many_requests: 'Too many requests have been made.',
  unauthorized_credentials: 'Unauthorized credentials.',
}

/** An error in Stytch's shape. Unless given, the message is Stytch's own for the type, or the type itself in words. */
export function errorAnswer(
  status: number,
  errorType: string,
  requestId: string,
  options: { message?: string | undefined; headers?: Record<string, string> } = {},
): Answer {
  const body = {
    status_code: status,
    request_id: requestId,
    error_type: errorType,
    error_message: options.message ?? MESSAGES[errorType] ?? `${errorType.replaceAll('_', ' ')}.`,
    error_url: `https://stytch.com/docs/api/errors/${status}`,
  }
  return jsonAnswer(status, body, options.headers)
}

/** A whole HTTP answer. */
export type Answer = { status: number; contentType: string; body: string; headers?: Record<string, string> }

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body), headers }
}

/** The text as JSON, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
