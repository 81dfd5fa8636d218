import type { SimulatedMember, SimulatedOrganization } from './project.ts'

/** The 200 of require_reset, full or minimal. Stytch's OpenAPI document allows both. */
export function successAnswer(
  { requestId, member, organization, passwordId }: SuccessDetails,
  format: AnswerFormat,
): Answer {
  const required = { request_id: requestId, status_code: 200 }
  if (format.answer === 'minimal') return jsonAnswer(200, required)
  const absent = format.absentStrings === 'null' ? null : ''
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
  /** How `member` and `organization` show an absent string. Stytch's own samples have both. */
  absentStrings: '""' | 'null'
}

type SuccessDetails = {
  requestId: string
  member: SimulatedMember
  organization: SimulatedOrganization
  /** The password as it is after the call. */
  passwordId: string | undefined
}

/**
 * A whole Member as Stytch's OpenAPI document describes it: all required fields, and the optional ones that an ordinary member has.
 * `absent` stands for absent strings; `passwordId` is undefined when the member has no password.
 */
function memberObject(
  member: SimulatedMember,
  { passwordId, absent }: { passwordId: string | undefined; absent: '' | null },
) {
  const timestamp = new Date(member.createdAt).toISOString()
  return {
    organization_id: member.organizationId,
    member_id: member.memberId,
    email_address: member.email,
    status: member.status,
    name: member.name,
    sso_registrations: [],
    is_breakglass: member.breakGlass,
    member_password_id: passwordId ?? absent,
    oauth_registrations: [],
    email_address_verified: member.status === 'active',
    mfa_phone_number_verified: false,
    is_admin: false,
    totp_registration_id: absent,
    retired_email_addresses: [],
    is_locked: false,
    mfa_enrolled: false,
    mfa_phone_number: absent,
    default_mfa_method: absent,
    roles: [{ role_id: 'stytch_member', sources: [{ type: 'direct_assignment', details: {} }] }],
    trusted_metadata: {},
    untrusted_metadata: {},
    created_at: timestamp,
    updated_at: timestamp,
    ...(member.externalId ? { external_id: member.externalId } : {}),
  }
}

/** A whole Organization by the same rules. */
function organizationObject(organization: SimulatedOrganization, { absent }: { absent: '' | null }) {
  const timestamp = new Date(organization.createdAt).toISOString()
  return {
    organization_id: organization.organizationId,
    organization_name: organization.name,
    organization_logo_url: absent,
    organization_slug: organization.slug,
    sso_jit_provisioning: 'ALL_ALLOWED',
    sso_jit_provisioning_allowed_connections: [],
    sso_active_connections: [],
    email_allowed_domains: [],
    email_jit_provisioning: 'NOT_ALLOWED',
    email_invites: 'ALL_ALLOWED',
    auth_methods: 'ALL_ALLOWED',
    allowed_auth_methods: [],
    mfa_policy: 'OPTIONAL',
    rbac_email_implicit_role_assignments: [],
    mfa_methods: 'ALL_ALLOWED',
    allowed_mfa_methods: [],
    oauth_tenant_jit_provisioning: 'NOT_ALLOWED',
    claimed_email_domains: [],
    first_party_connected_apps_allowed_type: 'ALL_ALLOWED',
    allowed_first_party_connected_apps: [],
    third_party_connected_apps_allowed_type: 'ALL_ALLOWED',
    allowed_third_party_connected_apps: [],
    custom_roles: [],
    trusted_metadata: {},
    created_at: timestamp,
    updated_at: timestamp,
    sso_default_connection_id: absent,
    ...(organization.externalId ? { organization_external_id: organization.externalId } : {}),
  }
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
  route_not_found: 'The requested route was not found.',
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
