import type { SimulatedMember } from './create-project-state.ts'

/**
 * A whole Member as Stytch's OpenAPI document describes it: all required fields and those optional ones that a plain member has.
 * `absent` stands for a string that there is none of; `passwordId` is undefined when the member has no password.
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
