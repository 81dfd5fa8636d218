/** The key was refused: the secret may have been rotated since it was read. */
export const KEY_FAULTS: ReadonlySet<string> = new Set([
  'unauthorized_credentials',
  'invalid_project_id_authentication',
  'invalid_secret_authentication',
  'unauthorized_project_id_live',
  'unauthorized_project_id_test',
])

/** The project, the key or the way we call is wrong: every further call would fail the same way. */
export const CONFIGURATION_FAULTS: ReadonlySet<string> = new Set([
  ...KEY_FAULTS,
  'cross_org_passwords_not_enabled',
  'use_https',
  'enterprise_endpoint',
  'invalid_b2b_endpoint',
])

/** Stytch, or what is in front of it, could not serve the call. */
export const FAILURES: ReadonlySet<string> = new Set([
  'too_many_requests',
  'client_closed_request',
  'internal_server_error',
  'server_unavailable',
])

/** The member has no password that could be stolen. */
export const NO_PASSWORD: ReadonlySet<string> = new Set(['member_password_not_found', 'password_not_found'])

/** The ids, or the e-mail, named nobody: another row of the same person may. */
export const NOT_FOUND: ReadonlySet<string> = new Set([
  'email_not_found',
  'member_not_found',
  'organization_not_found',
])

/** There is no session to end: the member has none, or is gone with or without the organization. */
export const NO_SESSION: ReadonlySet<string> = new Set([
  'session_not_found',
  'member_not_found',
  'organization_not_found',
])

/** Known to concern one member only: however many of these come, the configuration is right. */
export const MEMBER_FAULTS: ReadonlySet<string> = new Set([
  'invalid_email',
  'inactive_email',
  'invalid_organization_id',
  'invalid_organization_slug',
  'invalid_organization_external_id',
  'organization_suspended',
  'action_available_only_for_active_members',
])

/** Begins the code of every refusal that is in no list here. None of our own codes begins like this, so none can be taken for ours. */
export const UNKNOWN_PREFIX = 'stytch_error_'
