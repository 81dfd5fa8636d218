import * as z from 'zod'
import {
  numberedUuid,
  type ProjectState,
  type SimulatedMember,
  type SimulatedOrganization,
} from './project.ts'
import type { CallEffect } from './simulator.ts'

/** What Stytch does not document, one setting each; see DEFAULT_SIMULATOR_SETTINGS for the likeliest. */
export type SimulatorSettings = {
  /** The project's password strategy; `organization_scoped` answers 400 cross_org_passwords_not_enabled to every call. */
  passwords: 'cross_org' | 'organization_scoped'
  /** The answer for a member who has no password. `200` changes nothing. */
  noPassword:
    | '404 member_password_not_found'
    | '404 password_not_found'
    | '400 member_password_not_found'
    | '200'
  /** The answer for an e-mail that no member has; deleted members count as nobody. */
  unknownEmail: '404 email_not_found' | '404 member_not_found'
  /** Whether a 200 carries `member_id`, `member` and `organization`, or only `request_id` and `status_code`. */
  answer: 'full' | 'minimal'
  /** What stands for an absent string in `member` and `organization`; Stytch's own samples show both. */
  absentStrings: '""' | 'null'
  /** The answer when the member's organization is suspended. */
  suspendedOrganization: '403 organization_suspended' | '200'
  /** Ids that do not belong to the e-mail: `404` organization_not_found or member_not_found, or the reset happens all the same. */
  mismatchedIds: '404' | 'ignored'
}

/** The behaviour of a project set up for this product, guessed where Stytch is silent. */
export const DEFAULT_SIMULATOR_SETTINGS: SimulatorSettings = {
  passwords: 'cross_org',
  noPassword: '404 member_password_not_found',
  unknownEmail: '404 email_not_found',
  answer: 'full',
  absentStrings: '""',
  suspendedOrganization: '403 organization_suspended',
  mismatchedIds: '404',
}

/** What a healthy Stytch would answer, and what it would do to the password; nothing has been done yet. */
export type Decision = { answer: Answer; effect: CallEffect }

export type AnswerRequireReset = (request: ResetRequest | undefined, requestId: string) => Decision

/**
 * Decides a require_reset call. The password of an e-mail with one active member is deleted; with several it is marked
 * (and, going by the letter of Stytch's documentation, also with none).
 */
export function createAnswerRequireReset(
  project: ProjectState,
  settings: SimulatorSettings,
): AnswerRequireReset {
  return (request, requestId) => {
    const refuse = (statusAndType: string): Decision => {
      const [status, errorType = ''] = statusAndType.split(' ')
      return { answer: errorAnswer(Number(status), errorType, requestId), effect: 'none' }
    }
    if (!request) return refuse('400 bad_request')
    if (!/^[^\s@]+@[^\s@]+$/.test(request.email)) return refuse('400 invalid_email')
    if (settings.passwords === 'organization_scoped') return refuse('400 cross_org_passwords_not_enabled')

    const target = findTarget(project, request, settings.mismatchedIds)
    if (target.kind === 'unknown_email') return refuse(settings.unknownEmail)
    if (target.kind === 'mismatch') return refuse(`404 ${target.errorType}`)
    if (target.organization.suspended && settings.suspendedOrganization !== '200')
      return refuse(settings.suspendedOrganization)

    const { member, organization } = target
    const password = project.passwords.find(request.email)
    if (!password && settings.noPassword !== '200') return refuse(settings.noPassword)
    const active = project.membersOf(request.email).filter(({ status }) => status === 'active')
    const effect = !password ? 'none' : active.length === 1 ? 'deleted' : 'reset_required'
    const passwordId =
      password && effect !== 'deleted' ? `member-password-test-${numberedUuid(password.number)}` : undefined
    return { answer: successAnswer({ requestId, member, organization, passwordId }, settings), effect }
  }
}

/** Whom a request is about; never a deleted member. */
type Target =
  | { kind: 'found'; member: SimulatedMember; organization: SimulatedOrganization }
  | { kind: 'unknown_email' }
  | { kind: 'mismatch'; errorType: 'organization_not_found' | 'member_not_found' }

/**
 * Finds the member that the ids name (organization: id, slug or external id; member: id or external id) among those of the e-mail.
 * Without ids, or where wrong ones are ignored: an active member of an organization that is not suspended, if there is one.
 */
function findTarget(project: ProjectState, request: ResetRequest, mismatchedIds: '404' | 'ignored'): Target {
  const people = project.membersOf(request.email).flatMap((member) => {
    const organization = project.findOrganization(member.organizationId)
    return organization ? [{ member, organization }] : []
  })
  if (people.length === 0) return { kind: 'unknown_email' }

  const named = request.organizationId ? project.findOrganization(request.organizationId) : undefined
  const matching = people.filter(
    ({ member, organization }) =>
      (!request.organizationId || organization === named) &&
      (!request.memberId || [member.memberId, member.externalId].includes(request.memberId)),
  )
  if (matching.length === 0 && mismatchedIds === '404') {
    const errorType = request.organizationId && !named ? 'organization_not_found' : 'member_not_found'
    return { kind: 'mismatch', errorType }
  }

  const candidates = matching.length > 0 ? matching : people
  const active = candidates.filter(({ member }) => member.status === 'active')
  const target = active.find(({ organization }) => !organization.suspended) ?? active[0] ?? candidates[0]
  return target ? { kind: 'found', ...target } : { kind: 'unknown_email' }
}

type ResetRequest = { email: string; organizationId?: string; memberId?: string }

const BodySchema = z.object({
  email_address: z.string(),
  organization_id: z.string().nullish(),
  member_id: z.string().nullish(),
})

/** Reads the body of a require_reset call; undefined when it is no JSON object with an email_address. Absent, null and "" ids are the same. The e-mail comes out lower-cased. */
export function parseResetRequest(text: string): ResetRequest | undefined {
  const body = BodySchema.safeParse(parseJson(text))
  if (!body.success) return undefined
  const { email_address, organization_id, member_id } = body.data
  return {
    email: email_address.toLowerCase(),
    ...(organization_id ? { organizationId: organization_id } : {}),
    ...(member_id ? { memberId: member_id } : {}),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type SuccessDetails = {
  requestId: string
  member: SimulatedMember
  organization: SimulatedOrganization
  /** The password as it is after the call. */
  passwordId: string | undefined
}

/** The 200 of require_reset, full or minimal by the settings; both are legal by Stytch's OpenAPI document. */
export function successAnswer(
  { requestId, member, organization, passwordId }: SuccessDetails,
  settings: Pick<SimulatorSettings, 'answer' | 'absentStrings'>,
): Answer {
  const required = { request_id: requestId, status_code: 200 }
  if (settings.answer === 'minimal') return jsonAnswer(200, required)
  const absent = settings.absentStrings === 'null' ? null : ''
  return jsonAnswer(200, {
    ...required,
    member_id: member.memberId,
    member: memberObject(member, { passwordId, absent }),
    organization: organizationObject(organization, { absent }),
  })
}

/**
 * A whole Member as Stytch's OpenAPI document describes it: all required fields and those optional ones that a plain member has.
 * `absent` stands for a string that there is none of; `passwordId` is undefined when the member has no password.
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

/**
 * A whole Organization as Stytch's OpenAPI document describes it: all required fields and those optional ones that a plain organization has.
 * `absent` stands for a string that there is none of.
 */
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

/** A whole HTTP answer. */
export type Answer = { status: number; contentType: string; body: string; headers?: Record<string, string> }

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body), headers }
}
