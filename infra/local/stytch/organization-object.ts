import type { SimulatedOrganization } from './create-project-state.ts'

/**
 * A whole Organization as Stytch's OpenAPI document describes it: all required fields and those optional ones that a plain organization has.
 * `absent` stands for a string that there is none of.
 */
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
