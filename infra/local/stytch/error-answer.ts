import { type Answer, jsonAnswer } from './json-answer.ts'

/** Stytch's own words where they are public. */
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
  route_not_found: 'The requested route was not found.',
  server_unavailable: 'The server is temporarily unavailable. Please retry the request.',
  too_many_requests: 'Too many requests have been made.',
  unauthorized_credentials: 'Unauthorized credentials.',
}

/** An error in Stytch's shape. The message is Stytch's for the type, or made of it, unless given. */
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
