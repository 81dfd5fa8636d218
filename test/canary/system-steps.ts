import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { FaultRule } from '../../infra/local/stytch/faults.ts'
import type { SweptSystem } from './boot-swept-system.ts'
import { MEMBER, PASSWORD, STRANGER } from './planted.ts'
import { SECRETS } from './secrets.ts'
import { STYTCH_REFUSALS } from './stytch-refusals.ts'

/** What is arranged before the member's events are sent. `fresh`: it shows only to new execution environments, and in them only. */
export type Step = {
  told: string
  arrange?: (swept: SweptSystem) => unknown
  fresh?: boolean
  event?: object
}

const SAID = `${MEMBER} is not ${STRANGER}, whose password is ${PASSWORD}`
const email = MEMBER.toLowerCase()
const fault = (told: string, rule: FaultRule): Step => ({
  told,
  arrange: ({ system }) => system.stytch.fault({ ...rule, email } as FaultRule),
})
/** AWS refuses an action of the functions, and says everything in the message. */
const refusedByAws = (
  told: string,
  action: string,
  more: Step = { told: '' },
  errorType = 'ValidationException',
): Step => ({
  ...more,
  told,
  arrange: async (swept) => {
    await more.arrange?.(swept)
    swept.refused.set(action, { errorType, message: SAID })
  },
})
const unauthorized = fault('', {
  kind: 'error',
  status: 401,
  errorType: 'unauthorized_credentials',
  message: SAID,
})
const putSecret = (told: string, secret: object): Step => ({
  ...{ told, fresh: true },
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

/** What require-reset meets on the real parts, in this order; the last ones can not be undone. */
export const SYSTEM_STEPS: readonly Step[] = [
  { told: 'reset' },
  { told: 'covered', event: { data: { exposed_at: '2001-01-01' } } },
  { told: 'dry_run', event: { data: { mode: 'dry_run' } } },
  ...STYTCH_REFUSALS.map(({ status, errorType, code }) =>
    fault(code, { kind: 'error', status, errorType, message: SAID }),
  ),
  fault('http_400', { kind: 'error', status: 400, errorType: MEMBER, message: SAID }),
  fault('http_401', { kind: 'error', status: 401, errorType: encodeURIComponent(MEMBER), message: SAID }),
  fault('http_502', { kind: 'html', status: 502 }),
  fault('http_302', { kind: 'redirect', location: `https://x.example/?email=${encodeURIComponent(MEMBER)}` }),
  fault('response_mismatch', { kind: 'wrong_email' }),
  fault('invalid_response', { kind: 'wrong_json' }),
  fault('invalid_response', { kind: 'truncated_body' }),
  fault('connection_lost', { kind: 'reset_connection' }),
  fault('timeout', { kind: 'hang' }),
  { told: 'reset', arrange: rotate },
  refusedByAws('ledger_unavailable', 'BatchGetItem'),
  refusedByAws('ledger_unavailable', 'BatchWriteItem', undefined, SAID),
  refusedByAws('record failed', 'FanOut:SendMessageBatch'),
  refusedByAws('record failed', 'RequireReset:SendMessageBatch', unauthorized, SAID),
  refusedByAws('secret unavailable', 'GetSecretValue', unauthorized),
  refusedByAws('secret_or_ledger_unavailable', 'GetSecretValue', { told: '', fresh: true }, SAID),
  refusedByAws('secret_or_ledger_unavailable', 'GetItem', { told: '', fresh: true }),
  putSecret('stytch_secret_invalid', { project_id: MEMBER }),
  putSecret('reset', { secret: SECRETS.next }),
  { told: 'unreachable', arrange: ({ system }) => system.stytch.stop() },
  { told: 'ledger_key_mismatch', arrange: forgeSentinel, fresh: true },
]
