import { describeCode, UNKNOWN_CODE } from '../../lib/contract/codes.ts'
import type { EndEntry, Followed } from './follow-event.ts'
import { type Depths, explainWaiting } from './waiting.ts'

/**
 * How a smoke check ended. `no_line`: the log said nothing in time; `not_checked`: a request of ours to AWS failed.
 * `proves`: the parts that worked. `passed` only when all of them did, which a dry run can't show.
 */
export type SmokeResult = {
  outcome: EndEntry['outcome'] | 'no_line' | 'not_checked'
  code: string
  passed: boolean
  proves: readonly string[]
  sentence: string
}

const TO_FAN_OUT = ['breach queue', 'fan-out']
const TO_REQUIRE_RESET = [...TO_FAN_OUT, 'reset queue', 'require-reset']
const WITHOUT_STYTCH = [...TO_REQUIRE_RESET, 'shape of the Stytch secret', 'ledger key', 'reading the ledger']
const EVERYTHING = [...WITHOUT_STYTCH, 'Stytch host', 'Stytch key', 'password mode']

const AFTERWARDS: Record<EndEntry['outcome'], string> = {
  reset: '',
  ended: '',
  skipped: '',
  dead_lettered: '. The event is on the dead-letter queue now: delete it (docs/runbook.md#redrive)',
  deferred:
    '. The event is tried again by itself, and is dead-lettered if that still fails at the retry horizon',
}

/** Judges the end that the log reports. `others`: what else was logged; a failure in the same invocation is the cause. */
export function judgeEnd(end: EndEntry, others: Followed['others']): SmokeResult {
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

function provedBy({ service, code }: EndEntry): readonly string[] {
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

/** Judges an event that the log did not mention in time: by what else was logged since `sentAt`, and by the depths of the queues. */
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

const CLONE = 'have this clone and the deployed stack at the same version, and deploy again'
const EXISTS =
  'THE MADE-UP ADDRESS EXISTS AT STYTCH: its password may just have been deleted; find out who created such a member, and inform them'

/** Codes that say something else about the event of a smoke check, which is about nobody, than about other events. */
const SENTENCES: readonly [codes: string, sentence: string][] = [
  ['not_a_member', 'everything between the queue and Stytch works, and nobody was reset'],
  [
    'dry_run',
    'the stage is a dry run, so Stytch was not called: host, key and password mode are proved once it enforces (docs/deploy.md#7-turn-on-enforce)',
  ],
  ['reset no_password password_not_found member_password_not_found covered', EXISTS],
  [
    'timeout connection_lost',
    'Stytch did not answer require-reset: in a VPC look for NAT, security group, network ACL and proxy; otherwise see status.stytch.com',
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
    'invalid_response response_mismatch',
    'the call was answered by something that is not Stytch, or that Stytch never documented: look for a proxy or a captive portal between require-reset and Stytch (docs/runbook.md#unusableanswers)',
  ],
  [
    'email_not_found member_not_found organization_not_found',
    'host, key and password mode are right, but strangers are dead-lettered where they should be skipped: Stytch has changed its answer for them, report it to the maintainers of this clone',
  ],
  [
    'invalid_email inactive_email',
    'host and key are right, but Stytch refuses the made-up address itself: report it to the maintainers of this clone',
  ],
  [
    'organization_suspended action_available_only_for_active_members invalid_organization_id invalid_organization_slug invalid_organization_external_id',
    'Stytch answers about a member or an organization that the event did not name: the made-up address exists, look it up at Stytch',
  ],
  ['over_limit', "the stage's maxMembersPerEvent is below one: raise it and deploy again"],
  ['in_future', "this machine's clock is more than 5 minutes ahead: set it, and run it again"],
  [
    'over_hourly_limit',
    'fan-out takes 60 canaries within an hour, and has taken them: find out who sends so many, and run it again in an hour',
  ],
  ['unsendable', `SQS refuses what fan-out sends to the reset queue: ${CLONE}`],
  [
    'empty_body not_json nested_too_deep duplicate_key too_many_envelopes not_a_breach_event unsupported_type invalid_event implausible misplaced_limit invalid_member expired duplicate source_not_allowed mode_not_allowed',
    `fan-out does not take the event that this command sends: ${CLONE}`,
  ],
]

const UNKNOWN =
  "Stytch refuses with a code that this version does not know: look it up in Stytch's error reference (https://stytch.com/docs/b2b/api/errors/400)"

const BY_CODE = new Map(
  SENTENCES.flatMap(([codes, sentence]) => codes.split(' ').map((code) => [code, sentence])),
)

/** What a code means when a smoke check ends with it, and what to do: one sentence, without a full stop. */
export function explainCode(code: string): string {
  const sentence = BY_CODE.get(code)
  if (sentence !== undefined) return sentence
  const { meaning, remedy } = describeCode(code)
  return meaning === UNKNOWN_CODE.meaning ? UNKNOWN : `${meaning}: ${remedy}`
}
