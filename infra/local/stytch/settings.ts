import type { AnswerFormat } from './answers.ts'

/** What Stytch does not document, one setting each. DEFAULT_SIMULATOR_SETTINGS has the likeliest values. */
export type SimulatorSettings = AnswerFormat & {
  /** The project's password strategy; `organization_scoped` answers 400 cross_org_passwords_not_enabled to every call. */
  passwords: 'cross_org' | 'organization_scoped'
  /** The answer for a member who has no password. `200` changes nothing. */
  noPassword:
    | '404 member_password_not_found'
    | '404 password_not_found'
    | '400 member_password_not_found'
    | '200'
  /** The answer for an e-mail that no member has. Deleted members do not count. */
  unknownEmail: '404 email_not_found' | '404 member_not_found'
  /** The answer when the member's organization is suspended. */
  suspendedOrganization: '403 organization_suspended' | '200'
  /** Ids that do not belong to the e-mail: a 404 (organization_not_found or member_not_found), or they are ignored. */
  mismatchedIds: '404' | 'ignored'
  /** The answer to a revocation for a member who has no open session. */
  revokeWithoutSessions: '200' | '404 session_not_found'
  /** How long the searches do not find a member who was added. */
  searchLagMs: number
  /** How long a read-back still shows sessions that were revoked. */
  readBackLagMs: number
  /** More values than this in one array of a search are refused with a 400. */
  searchFilterLimit: number
  /** The largest page of a search; Stytch documents 1000. */
  searchPageSize: number
}

/** The behaviour of a project that is set up for this product, guessed where Stytch documents nothing. */
export const DEFAULT_SIMULATOR_SETTINGS: SimulatorSettings = {
  passwords: 'cross_org',
  noPassword: '404 member_password_not_found',
  unknownEmail: '404 email_not_found',
  answer: 'full',
  absentStrings: '""',
  suspendedOrganization: '403 organization_suspended',
  mismatchedIds: '404',
  revokeWithoutSessions: '200',
  searchLagMs: 0,
  readBackLagMs: 0,
  searchFilterLimit: Number.POSITIVE_INFINITY,
  searchPageSize: 1000,
}
