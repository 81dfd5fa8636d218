import type { Depths, Followed, SmokeResult } from './check.ts'

const TO_FAN_OUT = ['breach queue', 'fan-out']
const TO_REQUIRE_RESET = [...TO_FAN_OUT, 'reset queue', 'require-reset']
const WITHOUT_STYTCH = [...TO_REQUIRE_RESET, 'shape of the Stytch secret', 'ledger key', 'reading the ledger']
const EVERYTHING = [...WITHOUT_STYTCH, 'Stytch host', 'Stytch key', 'password mode']

type End = NonNullable<Followed['end']>

const AFTERWARDS: Record<End['outcome'], string> = {
  reset: '',
  skipped: '',
  dead_lettered: '. The event is on the dead-letter queue now: delete it (docs/runbook.md#redrive)',
  deferred:
    '. The event is tried again by itself, and is dead-lettered if that still fails at the retry horizon',
}

/** Judges the end that the log tells. `others`: what was told besides; a failure in the same invocation is the cause. */
export function judgeEnd(end: End, others: Followed['others']): SmokeResult {
  const { outcome, code } = end
  const causes = others.filter(({ kind, invocation }) => kind === 'failure' && invocation === end.invocation)
  const names = [...new Set(causes.map((cause) => cause.code))]
  const because = names.length > 0 ? ` (${names.join(', ')})` : ''
  return {
    outcome,
    code,
    passed: outcome === 'skipped' && code === 'not_a_member',
    proves: provedBy(end),
    sentence: `${explainCode(code)}${because}${AFTERWARDS[outcome]}.`,
  }
}

function provedBy({ service, code }: End): readonly string[] {
  if (service === 'fan-out') return TO_FAN_OUT
  if (code === 'not_a_member') return EVERYTHING
  return code === 'dry_run' ? WITHOUT_STYTCH : TO_REQUIRE_RESET
}

const SECTIONS: Record<string, string> = {
  'record failed': 'recordsfailing',
  'ledger unavailable': 'dependencyunavailable',
  'secret unavailable': 'dependencyunavailable',
  'secret or ledger unavailable': 'dependencyunavailable',
}

/** Judges an event of which the log told nothing in time: by what else was logged since `sentAt`, and by the depths of the queues. */
export function judgeSilence(
  others: Followed['others'],
  sentAt: number,
  depths: { now: Depths | undefined; before: Depths | undefined },
): SmokeResult {
  const since = others.filter(({ at }) => at >= sentAt)
  const stopped = since.findLast(({ kind }) => kind === 'stopped')
  const { code, sentence } = stopped
    ? { code: stopped.code, sentence: `calling was stopped: ${explainCode(stopped.code)}` }
    : explainWaiting(depths.now, depths.before)
  const failure = since.findLast((one) => one.kind === 'failure')
  const logged = failure
    ? `. Meanwhile ${failure.service} logged "${failure.message}" (${failure.code}): docs/runbook.md#${SECTIONS[failure.message] ?? 'functionerrors'}`
    : ''
  return { outcome: 'no_line', code, passed: false, proves: [], sentence: `${sentence}${logged}.` }
}

const KEY = 'docs/deploy.md#5-fill-in-the-stytch-key'
const CLONE = 'have this clone and the deployed stack at the same version, and deploy again'
const EXISTS =
  'THE MADE-UP ADDRESS EXISTS AT STYTCH: its password may just have been deleted; find out who made such a member, and tell them'

/** Codes, and what it means and what to do when a smoke check ends with one of them. */
const SENTENCES: readonly [codes: string, sentence: string][] = [
  ['not_a_member', 'everything between the queue and Stytch works, and nobody was reset'],
  [
    'dry_run',
    'the stage is a dry run, so Stytch was not called: host, key and password mode are proved once it enforces (docs/deploy.md#7-turn-on-enforce)',
  ],
  ['reset no_password password_not_found member_password_not_found covered', EXISTS],
  ['stytch_secret_invalid', `the Stytch secret is empty or malformed: fill it in (${KEY})`],
  [
    'ledger_key_invalid ledger_key_mismatch',
    'the ledger key is not the one the ledger was begun with: put the old one back, never make a new one (SECURITY.md#the-ledger-key)',
  ],
  [
    'unauthorized_credentials invalid_project_id_authentication invalid_secret_authentication http_401',
    `Stytch refuses the key: fill in the project id and a secret of that same project (${KEY})`,
  ],
  [
    'unauthorized_project_id_live unauthorized_project_id_test',
    `the key is for the other environment, test instead of live or live instead of test: fill in a pair that belongs together (${KEY})`,
  ],
  [
    'cross_org_passwords_not_enabled',
    'the Stytch project has organization-scoped passwords, which this product cannot reset: take a project with cross-organization passwords (docs/runbook.md#wrong-password-mode)',
  ],
  [
    'enterprise_endpoint invalid_b2b_endpoint',
    'the Stytch project may not use require_reset, or is no B2B project: look at the project, then ask Stytch',
  ],
  ['use_https', `Stytch was called without TLS: unset STYTCH_BASE_URL on require-reset, or ${CLONE}`],
  [
    'unreachable',
    'require-reset gets no connection to Stytch: in a VPC look for NAT, the route of the subnets, DNS and the security group; otherwise see status.stytch.com',
  ],
  [
    'timeout connection_lost',
    'Stytch did not answer require-reset: in a VPC look for NAT, security group, network ACL and proxy; otherwise see status.stytch.com',
  ],
  [
    'secret_or_ledger_unavailable',
    "require-reset cannot read its secrets or the ledger: look at its role, the KMS key's policy and the permissions boundary, and in a VPC at its way to Secrets Manager, KMS and DynamoDB (docs/runbook.md#dependencyunavailable)",
  ],
  [
    'ledger_unavailable',
    "require-reset cannot read or write the ledger: look at its role and the KMS key's policy, and in a VPC at its way to DynamoDB (docs/runbook.md#dependencyunavailable)",
  ],
  [
    'too_many_requests',
    'Stytch refuses more calls for now: run it again, and if it stays so lower stytchRequestsPerSecond (docs/runbook.md#stytchthrottling)',
  ],
  ['out_of_time', 'require-reset is busy with other members: run it again when the reset queue is shorter'],
  [
    'internal_server_error server_unavailable client_closed_request http_408 http_425 http_429 http_499',
    'Stytch, or a proxy before it, fails at the moment: see status.stytch.com, then run it again (docs/runbook.md#stytch-is-down)',
  ],
  [
    'invalid_response response_mismatch',
    'the call was answered by something that is not Stytch, or that Stytch never documented: look for a proxy or a captive portal between require-reset and Stytch (docs/runbook.md#unusableanswers)',
  ],
  [
    'email_not_found member_not_found organization_not_found',
    'host, key and password mode are right, but strangers are dead-lettered where they should be skipped: Stytch has changed its answer for them, report it to whoever maintains this clone',
  ],
  [
    'invalid_email inactive_email',
    'host and key are right, but Stytch refuses the made-up address itself: report it to whoever maintains this clone',
  ],
  [
    'organization_suspended action_available_only_for_active_members invalid_organization_id invalid_organization_slug invalid_organization_external_id',
    'Stytch answers about a member or an organization that the event did not name: the made-up address exists, look it up at Stytch',
  ],
  ['over_limit', "the stage's maxMembersPerEvent is below one: raise it and deploy again"],
  ['in_future', "this machine's clock is more than 5 minutes ahead: set it, and run it again"],
  ['unsendable', `SQS refuses what fan-out sends to the reset queue: ${CLONE}`],
  [
    'empty_body not_json nested_too_deep too_many_envelopes not_a_breach_event unsupported_type invalid_event invalid_member expired duplicate source_not_allowed mode_not_allowed over_hourly_limit',
    `fan-out does not take the event that this command sends: ${CLONE}`,
  ],
]

const BY_CODE = new Map(
  SENTENCES.flatMap(([codes, sentence]) => codes.split(' ').map((code) => [code, sentence])),
)

/** For codes that are not in the table. */
const BY_SHAPE: readonly [RegExp, string][] = [
  [
    /^http_5/,
    'Stytch, or a proxy before it, fails at the moment: see status.stytch.com, then run it again (docs/runbook.md#stytch-is-down)',
  ],
  [
    /^http_/,
    'the call was answered by something that is not Stytch: look for a proxy or a firewall between require-reset and Stytch',
  ],
]
const UNKNOWN =
  "Stytch refuses with a code that this version does not know: look it up in Stytch's error reference (https://stytch.com/docs/b2b/api/errors/400)"

/** What a code of docs/contract.md means when a smoke check ends with it, and what to do: one sentence, without a full stop. */
export function explainCode(code: string): string {
  return BY_CODE.get(code) ?? BY_SHAPE.find(([shape]) => shape.test(code))?.[1] ?? UNKNOWN
}

/** Where an event can be that no log line tells about, in the order of its way. The first that holds is the answer. */
const PLACES: readonly { code: string; holds: (now: Depths, before: Depths) => boolean; sentence: string }[] =
  [
    {
      code: 'waits_on_breach_queue',
      holds: ({ breach }) => breach.visible > 0,
      sentence:
        'a message waits on the breach queue and fan-out does not take it: enable its event source mapping (docs/runbook.md#pause-and-resume), or see what throttles it (docs/runbook.md#breachqueuestuck)',
    },
    {
      code: 'stuck_in_fan_out',
      holds: ({ breach }) => breach.inFlight > 0,
      sentence:
        'fan-out has taken a message from the breach queue and not finished it: try a longer --timeout; if it stays so, its log says why (docs/runbook.md#functionerrors)',
    },
    {
      code: 'waits_on_reset_queue',
      holds: ({ reset }) => reset.visible > 0,
      sentence:
        'a message waits on the reset queue and require-reset does not take it: resume it if it is paused (docs/runbook.md#pause-and-resume), otherwise wait for the queue to drain (docs/runbook.md#resetqueuestuck)',
    },
    {
      code: 'stuck_in_require_reset',
      holds: ({ reset }) => reset.inFlight > 0,
      sentence:
        'require-reset has taken a message from the reset queue and not finished it: try a longer --timeout; if it stays so, its log says why (docs/runbook.md#functionerrors)',
    },
    {
      code: 'moved_to_dead_letter_queue',
      holds: ({ deadLetter }, before) => deadLetter.visible > before.deadLetter.visible,
      sentence:
        'the dead-letter queue has a message more than before: see its reason, then delete it (docs/runbook.md#redrive)',
    },
  ]

const NOWHERE = {
  code: 'no_line',
  sentence: 'no queue holds it and no log line tells of it: logs may be late, try a longer --timeout',
}
const EXPLAIN_WAITING_UNKNOWN = {
  code: 'no_line',
  sentence:
    'no log line tells of it, and without sqs:GetQueueAttributes on the three queues nobody can say where it waits: get that permission, or look at the queues in the console',
}

/** Where an event waits that no log line tells about, by how many messages the queues hold now and held before it was sent. */
export function explainWaiting(
  now: Depths | undefined,
  before: Depths | undefined,
): { code: string; sentence: string } {
  if (!now || !before) return EXPLAIN_WAITING_UNKNOWN
  return PLACES.find(({ holds }) => holds(now, before)) ?? NOWHERE
}
