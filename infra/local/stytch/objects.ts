import type { SimulatedMember, SimulatedOrganization } from './project.ts'
import type { SimulatedSession } from './session-book.ts'

/**
 * A whole Member as Stytch's OpenAPI document describes it: all required fields, and the optional ones that an ordinary member has.
 * `absent` stands for absent strings; `passwordId` is undefined when the member has no password.
 */
export function memberObject(
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
export function organizationObject(organization: SimulatedOrganization, { absent }: { absent: '' | null }) {
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

/** A whole MemberSession of somebody who signed in with a password. Stytch's times have whole seconds. */
export function sessionObject(session: SimulatedSession, { slug }: SimulatedOrganization) {
  const started = rfc3339(session.startedAt)
  return {
    member_session_id: session.sessionId,
    member_id: session.memberId,
    started_at: started,
    last_accessed_at: started,
    expires_at: rfc3339(session.expiresAt),
    authentication_factors: [
      {
        type: 'password',
        delivery_method: 'knowledge',
        last_authenticated_at: started,
        created_at: started,
        updated_at: started,
      },
    ],
    organization_id: session.organizationId,
    roles: ['stytch_member'],
    organization_slug: slug,
    custom_claims: {},
  }
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
