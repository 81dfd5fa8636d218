import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { FaultRule } from '../../infra/local/stytch/faults.ts'
import { canaryEvent } from '../../lib/contract/canary.ts'
import { INDISCREET, MEMBER, SECRETS } from '../leaks/planted.ts'
import { STYTCH_ERRORS } from './reset-situations.ts'

/** How AWS answers requests of the functions that it refuses, by action, or by function and action. */
export type Refusals = Map<string, { errorType: string; message: string }>

type Swept = { system: LocalSystem; refusals: Refusals }

/**
 * What is arranged before the member's events are sent, and the word that the log names then. `fresh`: only new execution
 * environments notice, and they serve no other step.
 */
export type Step = {
  word: string
  arrange?: (swept: Swept) => unknown
  fresh?: boolean
  event?: object
  /** The member's events are sent to end-sessions, as if they had been reset at this time. */
  sessionsOf?: string
}

const email = MEMBER.toLowerCase()
const fault = (word: string, rule: FaultRule): Step => ({
  word,
  arrange: ({ system }) => system.stytch.fault({ ...rule, email } as FaultRule),
})
/** AWS refuses an action of the functions, and quotes everything in the message. */
const refusedByAws = (
  word: string,
  action: string,
  more: Step = { word: '' },
  errorType = 'ValidationException',
): Step => ({
  ...more,
  word,
  arrange: async (swept) => {
    await more.arrange?.(swept)
    swept.refusals.set(action, { errorType, message: INDISCREET })
  },
})
const LONG_AGO = '2001-01-01T00:00:00.000Z'
/** Taken for the moment at which the message is sent. */
const JUST_NOW = '2999-01-01T00:00:00.000Z'
/** The member is signed in, and the requests of end-sessions about them fail so. */
const ofSessions = (word: string, rule?: FaultRule): Step => ({
  ...{ word, sessionsOf: JUST_NOW },
  arrange: ({ system }) => {
    system.stytch.addSession({ email })
    if (rule) system.stytch.fault({ ...rule, email } as FaultRule)
  },
})
/** What happens to end-sessions on the real parts. */
const SESSIONS_STEPS: readonly Step[] = [
  ofSessions('ended'),
  { word: 'sessions_covered', sessionsOf: LONG_AGO },
  ofSessions('sessions_alive', { kind: 'sessions_survive' }),
  ofSessions('sessions_not_ended', { kind: 'html', status: 502, endpoint: 'revoke' }),
  ofSessions('sessions_refused', {
    ...{ kind: 'error', status: 400, errorType: MEMBER, message: INDISCREET },
    endpoint: 'search_organizations',
  }),
  ofSessions('search named members with another e-mail', { kind: 'stranger_in_page' }),
  {
    ...{ word: 'no_member_found', sessionsOf: JUST_NOW },
    arrange: ({ system }) => {
      system.stytch.settings.searchLagMs = 86_400_000
    },
  },
]
const unauthorized = fault('', {
  kind: 'error',
  status: 401,
  errorType: 'unauthorized_credentials',
  message: INDISCREET,
})
const putSecret = (word: string, secret: object): Step => ({
  ...{ word, fresh: true },
  arrange: ({ system }) => system.putStytchSecret({ ...system.credentials, ...secret }),
})
const rotate: Step['arrange'] = ({ system }) => {
  system.stytch.rotateSecret(SECRETS.next)
  system.putStytchSecret({ ...system.credentials, secret: SECRETS.next })
}
const forgeSentinel: Step['arrange'] = ({ system }) => {
  const Item = { person: { S: 'sentinel' }, kind: { S: 'sentinel' }, proof: { S: 'of another key' } }
  return system.dynamoDB.send(new PutItemCommand({ TableName: system.ledger.table, Item }))
}

/** What happens to the functions that call Stytch on the real parts, in this order; the last steps can't be undone. */
export const SYSTEM_STEPS: readonly Step[] = [
  { word: 'reset' },
  { word: 'covered', event: { data: { exposed_at: '2001-01-01' } } },
  fault('timeout', { kind: 'hang' }),
  { word: 'dry_run', event: { data: { mode: 'dry_run' } } },
  ...STYTCH_ERRORS.map(({ status, errorType, code }) =>
    fault(code, { kind: 'error', status, errorType, message: INDISCREET }),
  ),
  fault('stytch_error_400', { kind: 'error', status: 400, errorType: MEMBER, message: INDISCREET }),
  fault('http_401', {
    kind: 'error',
    status: 401,
    errorType: encodeURIComponent(MEMBER),
    message: INDISCREET,
  }),
  fault('http_502', { kind: 'html', status: 502 }),
  fault('http_302', { kind: 'redirect', location: `https://x.example/?email=${encodeURIComponent(MEMBER)}` }),
  fault('response_mismatch', { kind: 'wrong_email' }),
  fault('invalid_response', { kind: 'wrong_json' }),
  fault('invalid_response', { kind: 'truncated_body' }),
  fault('connection_lost', { kind: 'reset_connection' }),
  { word: 'reset', arrange: rotate },
  refusedByAws('ledger_unavailable', 'BatchGetItem'),
  refusedByAws('ledger_unavailable', 'BatchWriteItem', undefined, INDISCREET),
  refusedByAws('progress lost', 'PutItem'),
  refusedByAws('progress lost', 'PutEvents', undefined, INDISCREET),
  refusedByAws('record failed', 'FanOut:SendMessageBatch'),
  refusedByAws('record failed', 'RequireReset:SendMessageBatch', unauthorized, INDISCREET),
  refusedByAws('secret unavailable', 'GetSecretValue', unauthorized),
  refusedByAws('secret_or_ledger_unavailable', 'GetSecretValue', { word: '', fresh: true }, INDISCREET),
  refusedByAws('secret_or_ledger_unavailable', 'GetItem', { word: '', fresh: true }),
  { word: 'canary uses this project', event: canaryEvent('1', new Date().toISOString()) },
  putSecret('stytch_secret_invalid', { project_id: MEMBER }),
  putSecret('stytch_environment_mismatch', { project_id: 'project-live-kanari' }),
  putSecret('ledger_project_mismatch', { project_id: 'project-test-kanari' }),
  putSecret('reset', { secret: SECRETS.next }),
  ...SESSIONS_STEPS,
  { word: 'unreachable', arrange: ({ system }) => system.stytch.stop() },
  { word: 'ledger_key_mismatch', arrange: forgeSentinel, fresh: true },
]
