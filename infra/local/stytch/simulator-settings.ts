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
