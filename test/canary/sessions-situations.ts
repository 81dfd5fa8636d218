import type { Config } from '../../functions/end-sessions/config.ts'
import type { Effects } from '../../functions/end-sessions/environment.ts'
import type { SessionsEvent } from '../../lib/contract/breach-event.ts'
import { canaryEvent } from '../../lib/contract/canary.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { answers } from '../fakes/create-reset-world.ts'
import { RESET_AT, sessionsEvent } from '../fakes/create-sessions-world.ts'
import { type SessionsCall, success, toSession } from '../fakes/create-stytch-members.ts'
import { MEMBER, MEMBER_ID, PASSWORD, SECRETS, SHORT, STRANGER } from '../leaks/planted.ts'
import { inRun, next, rotated, STYTCH_ANSWERS, talkativeErrors } from './reset-situations.ts'

/** What one invocation of end-sessions finds; left out: an event about the member, and answers of Stytch after which their sessions have ended. */
export type SessionsSituation = {
  answers?: Partial<Record<SessionsCall['endpoint'], Answer>>
  events?: readonly (SessionsEvent | string)[]
  secrets?: Record<string, string>
  config?: Partial<Config>
  effects?: Partial<Effects>
}

/** A sessions event about the member. */
export const sessionsOf = (overrides: Partial<SessionsEvent> = {}) =>
  inRun(sessionsEvent([MEMBER], overrides))

const page = { results_metadata: { total: 1, next_cursor: '' } }
const memberOf = (email_address: string) => ({
  ...{ member_id: MEMBER_ID, organization_id: 'organization-test-acme', email_address },
  ...{ name: STRANGER, mfa_phone_number: PASSWORD, untrusted_metadata: { [MEMBER]: PASSWORD } },
})
const session = { ...toSession(MEMBER_ID, '2026-11-20T11:00:00Z'), custom_claims: { email: MEMBER } }

/** What Stytch answers when all is well, talkatively. */
export const TALKATIVE = {
  organizations: success({
    ...page,
    organizations: [{ organization_id: 'organization-test-acme', organization_name: STRANGER }],
  }),
  members: success({ ...page, members: [memberOf(MEMBER)], organizations: { [MEMBER]: STRANGER } }),
  revoke: success({ request_id: MEMBER, revoked: [MEMBER_ID] }),
  sessions: success({ request_id: MEMBER, member_sessions: [] }),
}

const LATE = sessionsOf({ attempts: 9, firsttriedat: '2026-11-18T12:00:00.000Z' })
const canary = Object.assign(sessionsEvent([]), canaryEvent('1', '2026-11-20T11:59:00Z'))
const canaryRows = canary.data.members.map((row) => ({ ...row, reset_at: RESET_AT }))
const strangers = success({ ...page, members: [memberOf(MEMBER), memberOf(STRANGER)] })
const nobody = success({ ...page, organizations: [] })
const alive = success({ member_sessions: [session] })
const everything = JSON.stringify({ ...SECRETS, MEMBER, MEMBER_ID, STRANGER, PASSWORD })
const ENDPOINTS = ['organizations', 'members', 'revoke', 'sessions'] as const

/** Every effect of end-sessions fails in turn, with errors that quote everything. */
const failures = talkativeErrors(everything).flatMap((error): [string, SessionsSituation][] => {
  const fails = () => Promise.reject(error)
  return [
    ['progress lost', { effects: { putFact: fails } }],
    ['ledger_unavailable', { effects: { readEnded: fails } }],
    ['ledger_unavailable', { effects: { writeEnded: fails } }],
    ['secret_or_ledger_unavailable', { effects: { checkSentinel: fails } }],
    ['record failed', { effects: { askStytch: fails } }],
    ['record failed', { answers: { revoke: answers.timeout() }, effects: { sendMessages: fails } }],
    [
      'secret unavailable',
      {
        answers: { revoke: answers.error(401, 'unauthorized_credentials') },
        effects: { readSecret: rotated(fails) },
      },
    ],
  ]
})

/** What can happen to end-sessions, each with the code or the message that it ends with, where that says more than in require-reset. */
export const SESSIONS_SITUATIONS: readonly [code: string | undefined, SessionsSituation][] = [
  ['ended', {}],
  ['no_member_found', { answers: { organizations: nobody }, events: [sessionsOf({ attempts: 6 })] }],
  ['no_member_found', { answers: { organizations: nobody }, events: [sessionsOf()] }],
  [
    'no_member_found',
    {
      answers: { organizations: nobody },
      events: [{ ...canary, data: { ...canary.data, members: canaryRows } }],
    },
  ],
  ['search named members with another e-mail', { answers: { members: strangers } }],
  ['sessions_alive', { answers: { sessions: alive }, events: [sessionsOf()] }],
  ['sessions_alive', { answers: { sessions: alive }, events: [LATE] }],
  ['sessions_not_ended', { answers: { revoke: answers.timeout() }, events: [LATE] }],
  ['sessions_refused', { answers: { sessions: answers.error(400, 'canary') } }],
  [
    'sessions_covered',
    {
      effects: {
        readEnded: async (people) => new Map(people.map((key) => [key, { resetAt: Date.parse(RESET_AT) }])),
      },
    },
  ],
  ['dry_run', { config: { mode: 'dry_run' } }],
  ['out_of_time', { config: { functionTimeoutMs: 2001 } }],
  ['stytch_secret_invalid', { secrets: { stytch: MEMBER } }],
  ['ledger_key_mismatch', { effects: { checkSentinel: async () => 'other key' } }],
  [
    'unauthorized_credentials',
    {
      answers: { revoke: answers.error(401, 'unauthorized_credentials') },
      effects: { readSecret: rotated(next) },
    },
  ],
  ['not_json', { events: [SHORT] }],
  ['invalid_event', { events: [JSON.stringify({ ...sessionsOf(), fence: MEMBER })] }],
  ...ENDPOINTS.flatMap((endpoint) =>
    STYTCH_ANSWERS.map(([, answer]): [undefined, SessionsSituation] => [
      undefined,
      { answers: { [endpoint]: answer } },
    ]),
  ),
  ...failures,
]
