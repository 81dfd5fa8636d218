import type { Config } from '../../functions/require-reset/config.ts'
import type { Effects } from '../../functions/require-reset/environment.ts'
import type { ResetEvent, StepEvent } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import type { Fact } from '../../lib/progress/fact.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { answers, resetEvent } from '../fakes/create-reset-world.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { INDISCREET, MEMBER, PASSWORD, SECRETS, SHORT, STRANGER } from '../leaks/planted.ts'

/** What one invocation of require-reset finds; left out: an event about the member, and an answer of Stytch that it was reset. */
export type Situation = {
  answer?: Answer
  events?: readonly (ResetEvent | string)[]
  secrets?: Record<string, string>
  config?: Partial<Config>
  effects?: Partial<Effects>
}

/** A reset event about the member, the only row of its run. */
export const eventOf = (overrides: Partial<ResetEvent> = {}) => inRun(resetEvent([MEMBER], overrides))

/** The event of a message between functions, in a run, with its rows numbered. */
export function inRun<Event extends StepEvent>(event: Event): Event {
  for (const [index, row] of event.data.members.entries()) row.row_index = index
  return Object.assign(event, { resetrun: ACCEPTED.run })
}

const { source, id, time } = breachEvent()
/** What fan-out has said of that run. */
export const ACCEPTED: Fact = {
  ...{ event: { source, id }, run: 'run-1', by: 'fan-out', at: 0, ends: [], passedOn: [] },
  accepted: { rows: '0', time, sentAt: time, reason: 'phished', mode: 'enforce' },
}

/** Errors of Stytch after which the member is skipped. */
const SKIPPED = new Map([
  ['member_password_not_found', 'no_password'],
  ['email_not_found', 'not_a_member'],
])
/** A word of Stytch's that is a code of ours. */
const UNKNOWN = new Map([['canary', 'stytch_error_canary']])
const ERRORS = [
  ...['404 member_password_not_found', '404 email_not_found', '404 member_not_found'],
  ...['404 organization_not_found', '400 invalid_email', '400 inactive_email', '400 invalid_organization_id'],
  ...['400 invalid_organization_slug', '400 invalid_organization_external_id', '403 organization_suspended'],
  ...['403 action_available_only_for_active_members', '400 canary', '429 too_many_requests'],
  ...['500 internal_server_error', '503 server_unavailable', '499 client_closed_request'],
  ...['401 unauthorized_credentials', '401 invalid_project_id_authentication'],
  ...['401 invalid_secret_authentication', '401 unauthorized_project_id_live'],
  ...['401 unauthorized_project_id_test', '400 cross_org_passwords_not_enabled', '403 enterprise_endpoint'],
  ...['404 invalid_b2b_endpoint', '400 use_https'],
]

/** Errors of Stytch, each with the code that a member without ids is skipped, dead-lettered or deferred with. */
export const STYTCH_ERRORS = ERRORS.map((error) => {
  const [status = '', errorType = ''] = error.split(' ')
  return {
    status: Number(status),
    errorType,
    code: SKIPPED.get(errorType) ?? UNKNOWN.get(errorType) ?? errorType,
  }
})

/** An error of Stytch that names the e-mail wherever it can. */
const errorAnswer = (status: number, error_type: string) =>
  answers.json(
    status,
    {
      ...{ status_code: status, error_type, request_id: MEMBER },
      error_message: INDISCREET,
      error_url: `https://stytch.com/docs/api/errors/${status}?email=${encodeURIComponent(MEMBER)}`,
      email_address: MEMBER,
    },
    `${MEMBER}, 1`,
  )
const page = (status: number): Answer => ({
  ...{ kind: 'answered', status, retryAfter: undefined },
  body: `<html><title>${MEMBER}</title><a href="/?login_hint=${encodeURIComponent(STRANGER)}">${PASSWORD}</a></html>`,
})
const success = (overrides: object) =>
  answers.json(200, { status_code: 200, request_id: MEMBER, ...overrides })

/** Answers of Stytch, each with the code that the member is skipped, dead-lettered or deferred with. */
export const STYTCH_ANSWERS: readonly [code: string, answer: Answer][] = [
  ...STYTCH_ERRORS.map(({ status, errorType, code }): [string, Answer] => [
    code,
    errorAnswer(status, errorType),
  ]),
  ['reset', success({ member: { email_address: MEMBER, name: STRANGER, untrusted_metadata: { PASSWORD } } })],
  ['stytch_error_400', errorAnswer(400, MEMBER)],
  ['stytch_error_400', errorAnswer(400, encodeURIComponent(MEMBER))],
  ['http_401', errorAnswer(401, STRANGER)],
  ['http_403', page(403)],
  ['http_302', page(302)],
  ['http_502', page(502)],
  ['invalid_response', page(200)],
  ['invalid_response', success({ request_id: [MEMBER] })],
  ['invalid_response', errorAnswer(204, MEMBER)],
  ['response_mismatch', success({ member: { email_address: STRANGER } })],
  ['timeout', { kind: 'unanswered', code: 'timeout' }],
  ['connection_lost', { kind: 'unanswered', code: 'connection_lost' }],
  ['unreachable', { kind: 'unreachable', code: 'unreachable' }],
]

/** Errors that hold `text` wherever an error can hold anything. */
export function talkativeErrors(text: string): readonly unknown[] {
  const changedLater = new Error(`was: ${text}\n    at ${text}`)
  changedLater.message = `is: ${text}`
  const ofAws = Object.assign(
    new Error(`1 validation error: Value '${text}' failed`, { cause: new Error(text) }),
    {
      name: 'ValidationException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400, requestId: text },
      $response: { body: text, headers: { 'x-amzn-requestid': text } },
      Item: { email: { S: text } },
    },
  )
  return [
    new Error(text),
    new TypeError(`first line\n    at ${text}`),
    changedLater,
    ofAws,
    Object.assign(new Error(text), { name: text, code: text, errno: text, syscall: text, path: text }),
    Object.assign(new Error(text), { stack: text }),
    Object.assign(new Error(text), { stack: `${text}\n    at ${text}` }),
    new AggregateError([new Error(text)], text),
    new SyntaxError(`Unexpected token in JSON: "${text}" is not valid JSON`),
    text,
    { message: text, name: text, toString: () => text },
  ]
}

const named = { email_address: MEMBER, organization_id: 'acme', member_id: 'm-1' }
const withIds = [eventOf({ data: { ...eventOf().data, members: [named] } })]
const LATER = Date.parse('2026-11-20T12:00:00Z')
const [, notFound = answers.timeout()] = STYTCH_ANSWERS.find(([code]) => code === 'not_a_member') ?? []
const unauthorized = answers.error(401, 'unauthorized_credentials')
const everything = JSON.stringify({ ...SECRETS, MEMBER, STRANGER, PASSWORD })

/** Reads the old secret first, and on a fresh read whatever `again` reads. */
export const rotated =
  (again: () => Promise<string>): Effects['readSecret'] =>
  async (name, { fresh }) =>
    name === 'ledger-key' ? SECRETS.ledgerKey : fresh ? again() : JSON.stringify(SECRETS.credentials)
export const next = () => Promise.resolve(JSON.stringify({ ...SECRETS.credentials, secret: SECRETS.next }))

/** Every effect of require-reset fails in turn, with errors that quote everything. */
const failures = talkativeErrors(everything).flatMap((error): [string, Situation][] => {
  const fails = () => Promise.reject(error)
  return [
    ['progress lost', { effects: { putFact: fails } }],
    ['progress lost', { effects: { readRun: fails } }],
    ['ledger_unavailable', { effects: { readRows: fails } }],
    ['ledger_unavailable', { effects: { writeResets: fails } }],
    ['secret_or_ledger_unavailable', { effects: { checkSentinel: fails } }],
    ['secret_or_ledger_unavailable', { effects: { readSecret: fails } }],
    ['unauthorized_credentials', { answer: unauthorized, effects: { readSecret: rotated(fails) } }],
    ['record failed', { effects: { requireReset: fails } }],
    ['record failed', { answer: answers.timeout(), effects: { sendMessages: fails } }],
  ]
})

/** What can happen to require-reset, each with the code or the message that it ends with. */
export const RESET_SITUATIONS: readonly [code: string, Situation][] = [
  ...STYTCH_ANSWERS.map(([code, answer]): [string, Situation] => [code, { answer }]),
  ['email_not_found', { answer: notFound, events: withIds }],
  [
    'covered',
    { effects: { readRows: async (people) => new Map(people.map((key) => [key, { resetAt: LATER }])) } },
  ],
  [
    'ahead of the clock',
    {
      effects: {
        readRows: async (people) => new Map(people.map((key) => [key, { resetAt: LATER + 3_600_000 }])),
      },
    },
  ],
  ['dry_run', { config: { mode: 'dry_run' } }],
  ['expired', { events: [eventOf({ expirytime: '2001-01-01T00:00:00Z' })] }],
  ['out_of_time', { config: { functionTimeoutMs: 2001 } }],
  ['stytch_secret_invalid', { secrets: { stytch: `{"secret":"${SECRETS.credentials.secret}"` } }],
  [
    'stytch_secret_invalid',
    { secrets: { stytch: JSON.stringify({ project_id: MEMBER, secret: SECRETS.next }) } },
  ],
  ['ledger_key_invalid', { secrets: { 'ledger-key': 'short' } }],
  [
    'stytch_environment_mismatch',
    { secrets: { stytch: JSON.stringify({ ...SECRETS.credentials, project_id: 'project-live-kanari' }) } },
  ],
  ['canary uses this project', { answer: notFound, events: [eventOf({ source: CANARY_SOURCE })] }],
  ['ledger_project_mismatch', { effects: { checkSentinel: async () => 'other project' } }],
  ['ledger_key_mismatch', { effects: { checkSentinel: async () => 'other key' } }],
  ['unauthorized_credentials', { answer: unauthorized, effects: { readSecret: rotated(next) } }],
  [
    'record failed',
    {
      answer: answers.timeout(),
      effects: { sendMessages: async (_, refused) => ({ refused: [...refused] }) },
    },
  ],
  ['not_json', { events: [SHORT] }],
  [
    'invalid_event',
    {
      events: [
        JSON.stringify({ ...eventOf(), [MEMBER]: 1, fence: MEMBER, attempts: MEMBER, firsttriedat: MEMBER }),
      ],
    },
  ],
  ['invalid_event', { events: [JSON.stringify(MEMBER)] }],
  ...failures,
]
