/** The refusals after which the member is skipped. */
const SKIPPED = new Map([
  ['member_password_not_found', 'no_password'],
  ['email_not_found', 'not_a_member'],
])
const REFUSALS = [
  ...['404 member_password_not_found', '404 email_not_found', '404 member_not_found'],
  ...['404 organization_not_found', '400 invalid_email', '400 inactive_email', '400 invalid_organization_id'],
  ...['400 invalid_organization_slug', '400 invalid_organization_external_id', '403 organization_suspended'],
  ...['403 action_available_only_for_active_members', '400 brand_new_code', '429 too_many_requests'],
  ...['500 internal_server_error', '503 server_unavailable', '499 client_closed_request'],
  ...['401 unauthorized_credentials', '401 invalid_project_id_authentication'],
  ...['401 invalid_secret_authentication', '401 unauthorized_project_id_live'],
  ...['401 unauthorized_project_id_test', '400 cross_org_passwords_not_enabled', '403 enterprise_endpoint'],
  ...['404 invalid_b2b_endpoint', '400 use_https'],
]

/** Stytch's refusals, and the code that a member ends with, or is sent on with, whose event names no ids. */
export const STYTCH_REFUSALS = REFUSALS.map((refusal) => {
  const [status = '', errorType = ''] = refusal.split(' ')
  return { status: Number(status), errorType, code: SKIPPED.get(errorType) ?? errorType }
})
