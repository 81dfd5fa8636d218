import { describeCode, UNKNOWN_CODE } from '../../lib/contract/codes.ts'

const CLONE = 'have this clone and the deployed stack at the same version, and deploy again'
const EXISTS =
  'THE MADE-UP ADDRESS EXISTS AT STYTCH: its password may just have been deleted; find out who created such a member, and inform them'

/** Codes that say something else about the event of a smoke check, which is about nobody, than about other events. */
const SENTENCES: readonly [codes: string, sentence: string][] = [
  [
    'not_a_member no_member_found',
    'everything between the breach queue and Stytch works, and nobody was reset',
  ],
  [
    'dry_run',
    'the stage is a dry run, so Stytch was not called: host, key and password mode are proved once it enforces (docs/deploy.md#7-turn-on-enforce)',
  ],
  ['reset no_password password_not_found member_password_not_found covered', EXISTS],
  [
    'ended sessions_covered sessions_alive',
    'THE MADE-UP ADDRESS EXISTS AT STYTCH: its sessions may just have been ended; find out who created such a member, and inform them',
  ],
  [
    'sessions_refused',
    "Stytch refuses the search: failure-detail of the dead letter says why; look it up in Stytch's error reference (https://stytch.com/docs/b2b/api/errors/400)",
  ],
  [
    'timeout connection_lost',
    'Stytch did not answer {function}: in a VPC look for NAT, security group, network ACL and proxy; otherwise see status.stytch.com',
  ],
  [
    'ledger_unavailable',
    "{function} cannot read or write the ledger: look at its role and the KMS key's policy, and in a VPC at its way to DynamoDB (docs/runbook.md#dependencyunavailable)",
  ],
  [
    'too_many_requests',
    'Stytch refuses more calls for now: run it again, and if it stays so lower {rate} (docs/runbook.md#stytchthrottling)',
  ],
  ['out_of_time', '{function} is busy with other members: run it again when the {queue} is shorter'],
  [
    'invalid_response response_mismatch',
    'the call was answered by something that is not Stytch, or that Stytch never documented: look for a proxy or a captive portal between {function} and Stytch (docs/runbook.md#unusableanswers)',
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

type Service = 'fan-out' | 'require-reset' | 'end-sessions'

const WORDS: Record<Service, Record<string, string>> = {
  'fan-out': { queue: 'breach queue', rate: 'stytchRequestsPerSecond' },
  'require-reset': { queue: 'reset queue', rate: 'stytchRequestsPerSecond' },
  'end-sessions': { queue: 'sessions queue', rate: 'sessionSearchesPerMinute' },
}

/** What a code of one of the functions means when a smoke check ends with it, and what to do: one sentence, without a full stop. */
export function explainCode(code: string, service: Service): string {
  const words = { ...WORDS[service], function: service }
  return sentenceOf(code).replace(/\{(\w+)\}/g, (_, name: keyof typeof words) => words[name])
}

function sentenceOf(code: string): string {
  const sentence = BY_CODE.get(code)
  if (sentence !== undefined) return sentence
  const { meaning, remedy } = describeCode(code)
  return meaning === UNKNOWN_CODE.meaning ? UNKNOWN : `${meaning}: ${remedy}`
}
