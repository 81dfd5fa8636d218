import {
  ASKS,
  body,
  type CodeEntry,
  event,
  FUTILE,
  futileUntil,
  person,
  retried,
  sessions,
  skipped,
} from './code-entry.ts'

const FIX = 'producer: fix it'
const CORRECT_IDS = 'producer: correct the ids or leave them out, send a new event'
const LOOK_UP = 'the reset may have happened: look the member up at Stytch, then redrive or delete'
const REFUSES_ID = person('Stytch refuses the id', 'producer: correct it')
const REFUSES_ADDRESS = person('Stytch refuses the address', 'producer: correct it')
const NAMES_NOBODY = person('no row matches anyone', CORRECT_IDS, FUTILE)
const STYTCH_FAILS = retried(
  'Stytch, or a proxy in front of it, failed',
  'see status.stytch.com (docs/runbook.md#stytch-is-down)',
)
const NO_ANSWER = retried(
  'no answer: the reset may have happened; the ledger has a note of it',
  'look the member up at Stytch before a redrive; in a VPC look for NAT, security group, network ACL and proxy',
  ASKS,
)
const KEY_REFUSED = retried(
  'Stytch refuses the key',
  'fill in the project id and a secret of that same project (docs/deploy.md#5-fill-in-the-stytch-key)',
)
const OTHER_ENVIRONMENT = retried(
  'the key is for the other environment, test instead of live or live instead of test',
  'fill in a pair that belongs together (docs/deploy.md#5-fill-in-the-stytch-key)',
)
const NOT_B2B = retried(
  'the Stytch project may not use this endpoint, or is not a B2B project',
  'look at the project, then ask Stytch',
)

/** Why a dead letter is on the queue that has no code, or not from our functions: SQS itself moves such messages, after five receives. */
export const NO_REASON = 'no_reason_given'

/** Why a dead letter is on the queue that has a code, and was not sent by one of our functions. */
export const UNPROVEN = 'unproven'

/** Every code with which members and events end, as docs/contract.md explains them. */
export const CODES = {
  covered: skipped(
    'the ledger has a reset at or after the fence: not called',
    'was reset after the breach already: not called again',
  ),
  duplicate: skipped('the same person again in the same event', 'the same person again in the same event'),
  not_a_member: skipped(
    'Stytch answered email_not_found, and the event named no ids',
    'nobody at Stytch has this e-mail',
  ),
  no_password: skipped(
    'Stytch answered member_password_not_found or password_not_found',
    'had no password that could be stolen',
  ),
  dry_run: skipped(
    'would have been called; the stage, the source or the event is a dry run',
    'would have been called: the stage or the event is a dry run',
  ),
  sessions_covered: skipped(
    'the ledger says that their sessions ended since that reset',
    'their sessions ended since that reset already',
  ),
  no_member_found: skipped(
    "Stytch's search finds no member with the e-mail, also when it is repeated six times, over at least 8 minutes",
    "Stytch's search finds nobody with this e-mail",
  ),

  empty_body: body('only white space', 'producer: send an event'),
  not_json: body('body, or the text in an envelope, is not JSON', FIX),
  nested_too_deep: body('more than 32 levels', FIX),
  duplicate_key: body(
    'an object has the same key twice: two lists of members, two modes',
    'failure-detail names the key if it is one of the contract; producer: send one of them',
  ),
  too_many_envelopes: body('more than three envelopes', 'producer: send with fewer hops'),
  not_a_breach_event: body(
    'not an object, no specversion or type, or s3:TestEvent',
    'operator: find out who sends this; delete it',
  ),
  unsupported_type: body('other specversion, type or detail-type', 'producer: send v1'),
  invalid_event: body(
    'a field breaks a rule of the contract, such as more than 10,000 members',
    'failure-detail names up to three fields; producer: fix it',
  ),
  implausible: body(
    'time or exposed_at in the first week of 1970: a missing date',
    'producer: give the real moment as time; leave exposed_at out if it is not known',
  ),
  misplaced_limit: body(
    'mode, expirytime or exposed_at in another place or spelling, where it would have no effect',
    'failure-detail names up to three, and where they belong; producer: put them there',
  ),
  in_future: body(
    'time or exposed_at more than 5 minutes ahead',
    'producer: set the clock, use UTC; or redrive after that moment',
    { kind: 'again', sentence: 'is accepted after that moment' },
  ),

  source_not_allowed: event(
    "sources in the stage names neither this source nor '*'",
    'operator: name it (docs/deploy.md#sources), deploy and redrive; or delete it',
    futileUntil('sources names its source'),
  ),
  sender_not_allowed: event(
    'sources in the stage binds this source to senders, and this event came from another',
    'operator: find out who sent it (event-sender); name that sender and those who redrive in senders, deploy and redrive; or delete it',
    futileUntil('senders of its source names who redrives it'),
  ),
  mode_not_allowed: event(
    'the event says enforce, and sources allows its source dry runs only',
    'producer: leave mode out; or operator: raise highestMode, deploy and redrive',
    futileUntil('highestMode of its source is raised'),
  ),
  over_limit: event(
    "more rows, invalid ones and duplicates included, than the stage's maxMembersPerEvent (prod 1,000; dev 10,000), or than sources allows its source; failure-detail says which",
    'operator: approve it with --split (docs/runbook.md#a-large-breach-was-refused); or delete it',
    { kind: 'futile', sentence: 'comes back the same: approve it with --split' },
  ),
  over_hourly_limit: event(
    'with these rows its source, or all sources together, would have sent more in an hour than the stage allows; failure-detail says which',
    'operator: find out if it is intended; then wait and redrive it by this name (docs/runbook.md#over-the-hourly-limit), or delete it',
    // Not by default: what a brake has stopped may be a storm.
    {
      kind: 'futile',
      sentence:
        'if it is intended, name it: is counted again, and comes back unless this hour has room for it',
    },
  ),
  expired: event(
    'expirytime has passed',
    'producer: send again with a later expirytime if it still matters; a redrive expires again',
    FUTILE,
  ),

  invalid_member: person(
    'the row breaks a rule of the contract; the row is kept as JSON',
    'producer: fix the row, send it in a new event',
    FUTILE,
  ),
  unsendable: person(
    'SQS refused the message to the reset queue',
    'operator: look at the rows; producer: fewer rows for this person',
    FUTILE,
  ),
  email_not_found: person('the event named ids, and no row matches anyone', CORRECT_IDS, FUTILE),
  member_not_found: NAMES_NOBODY,
  organization_not_found: NAMES_NOBODY,
  invalid_email: REFUSES_ADDRESS,
  inactive_email: REFUSES_ADDRESS,
  invalid_organization_id: REFUSES_ID,
  invalid_organization_slug: REFUSES_ID,
  invalid_organization_external_id: REFUSES_ID,
  organization_suspended: person(
    'the organization is suspended at Stytch: its members cannot sign in',
    'operator: reactivate the organization at Stytch and redrive; or leave it',
  ),
  action_available_only_for_active_members: person(
    'the member is not active at Stytch',
    'operator: activate the member at Stytch and redrive; or leave it',
  ),
  invalid_response: person('answered 2xx with an unusable body; the ledger has a note of it', LOOK_UP, ASKS),
  response_mismatch: person(
    'the answer was about somebody else (e-mail always compared; ids only if the event named them in canonical form)',
    `${LOOK_UP}; and report it to Stytch`,
    ASKS,
  ),

  sessions_alive: sessions(
    'a session from before the revoke is still open, after many revokes',
    'end the sessions at Stytch by hand, then delete it; and report it to Stytch',
  ),
  sessions_not_ended: sessions(
    'search, revoke or read-back still failed at the retry horizon; failure-detail begins with the last reason',
    'look the reason up in docs/contract.md, then redrive',
  ),
  sessions_refused: sessions(
    'Stytch refused search, revoke or read-back; failure-detail says which, and with what',
    "look it up in Stytch's error reference (https://stytch.com/docs/b2b/api/errors/400), then redrive; or end the sessions by hand",
  ),

  too_many_requests: retried(
    '429, or a pause that Stytch asked for (Retry-After)',
    'lower the rate in the stage (docs/runbook.md#stytchthrottling), or agree on one with Stytch',
  ),
  internal_server_error: STYTCH_FAILS,
  server_unavailable: STYTCH_FAILS,
  client_closed_request: STYTCH_FAILS,
  timeout: NO_ANSWER,
  connection_lost: NO_ANSWER,
  unreachable: retried(
    'no connection to Stytch, so the reset did not happen',
    'in a VPC look for NAT, the route of the subnets, DNS and the security group; otherwise see status.stytch.com',
  ),
  out_of_time: retried("the member's turn never came", 'redrive when the queue is shorter'),
  ledger_unavailable: retried(
    'DynamoDB could not be read or written: members wait until it can, and only version 0.1.0 gave them up',
    'find out why (docs/runbook.md#dependencyunavailable)',
  ),
  secret_or_ledger_unavailable: retried(
    'Secrets Manager or DynamoDB could not be read (permission, region, outage): members wait until they can, and only version 0.1.0 gave them up',
    "look at the function's role, the KMS key's policy and the permissions boundary, and in a VPC at its route to Secrets Manager, KMS and DynamoDB (docs/runbook.md#dependencyunavailable)",
  ),
  stytch_secret_invalid: retried(
    'the Stytch secret is empty or malformed',
    'fill it in (docs/deploy.md#5-fill-in-the-stytch-key); a dry run needs it too',
  ),
  stytch_environment_mismatch: retried(
    "the Stytch secret is of the other environment than the stage's stytchEnvironment",
    'fill in the key of the right project (docs/deploy.md#5-fill-in-the-stytch-key), or correct the stage and deploy',
  ),
  ledger_key_invalid: retried(
    'the ledger key is empty or shorter than 32 characters',
    'put the generated one back (docs/runbook.md#ledger-key-changed), never make a new one',
  ),
  ledger_key_mismatch: retried(
    'the ledger key is not the one the ledger was started with',
    'put the old one back (docs/runbook.md#ledger-key-changed), never make a new one',
  ),
  ledger_project_mismatch: retried(
    'the Stytch secret is of another project than the ledger was started with',
    'fill in the key of the old project, or move to the new one step by step (docs/runbook.md#another-stytch-project)',
  ),
  cross_org_passwords_not_enabled: retried(
    'the Stytch project has organization-scoped passwords, which this product cannot reset',
    'use a project with cross-organization passwords (docs/runbook.md#wrong-password-mode)',
  ),
  unauthorized_credentials: KEY_REFUSED,
  http_401: KEY_REFUSED,
  invalid_project_id_authentication: KEY_REFUSED,
  invalid_secret_authentication: KEY_REFUSED,
  unauthorized_project_id_live: OTHER_ENVIRONMENT,
  unauthorized_project_id_test: OTHER_ENVIRONMENT,
  enterprise_endpoint: NOT_B2B,
  invalid_b2b_endpoint: NOT_B2B,
  use_https: retried(
    'Stytch was called without TLS',
    'unset STYTCH_BASE_URL on the function, or deploy again from the version of this clone',
  ),

  [NO_REASON]: {
    of: 'tools',
    meaning: 'SQS itself moved it there, after five receives',
    brief: 'SQS itself moved it there, after five receives',
    remedy: 'operator: fix what made the function crash, then redrive',
    redrive: {
      kind: 'asks',
      sentence: 'none of our functions says why it is here: look at it with --show, then name it',
    },
  },
  [UNPROVEN]: {
    of: 'tools',
    meaning: 'it has a reason, and none of our functions sent it: the reason may be made up',
    remedy: 'operator: find out who sent it (redrive --show), then delete it',
    redrive: {
      kind: 'asks',
      sentence: 'none of our functions gave its reason: look at it with --show, then delete it or name it',
    },
  },
  canary: {
    of: 'tools',
    meaning: 'a canary that failed, about nobody',
    remedy: 'operator: fix the cause, then delete it',
    redrive: {
      kind: 'futile',
      sentence: 'a canary that failed, about nobody: fix the cause, then delete it',
    },
  },
} satisfies Record<string, CodeEntry>

export type Code = keyof typeof CODES

/** `stytch_error_<error_type>`: a refusal that this version does not know. (Older versions left the prefix out.) */
export const UNKNOWN_CODE = person(
  "Stytch refused with a 4xx that we don't know",
  "operator: look it up in Stytch's error reference (https://stytch.com/docs/b2b/api/errors/400); fix it, redrive",
)

/** `http_<status>`: a failure without a name, such as a proxy's page. What Stytch itself refuses never has such a code. */
export const HTTP_STATUS = retried(
  'Stytch failed without saying why, or something else answered: a proxy, a firewall, a captive portal',
  'see status.stytch.com (docs/runbook.md#stytch-is-down); if Stytch is up, find out what answers between the function and Stytch',
)

/** What is known of a code of a log line or a dead letter, whether it is in the table or Stytch made it up since. */
export function describeCode(code: string): CodeEntry {
  if (Object.hasOwn(CODES, code)) return CODES[code as Code]
  return code.startsWith('http_') ? HTTP_STATUS : UNKNOWN_CODE
}
