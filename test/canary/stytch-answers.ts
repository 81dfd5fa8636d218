import type { Answer } from '../../lib/stytch/require-reset.ts'
import { answers } from '../fakes/create-reset-world.ts'
import { MEMBER, PASSWORD, STRANGER } from './planted.ts'
import { STYTCH_REFUSALS } from './stytch-refusals.ts'

/** An error that says the e-mail wherever it can. */
const said = (status: number, error_type: string) =>
  answers.json(
    status,
    {
      ...{ status_code: status, error_type, request_id: MEMBER },
      error_message: `${MEMBER} is not ${STRANGER}, whose password is ${PASSWORD}`,
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

/** Answers of Stytch by the code that the member ends with, or is sent on with. */
export const STYTCH_ANSWERS: readonly [code: string, answer: Answer][] = [
  ...STYTCH_REFUSALS.map(({ status, errorType, code }): [string, Answer] => [code, said(status, errorType)]),
  ['reset', success({ member: { email_address: MEMBER, name: STRANGER, untrusted_metadata: { PASSWORD } } })],
  ['http_400', said(400, MEMBER)],
  ['http_400', said(400, encodeURIComponent(MEMBER))],
  ['http_401', said(401, STRANGER)],
  ['http_403', page(403)],
  ['http_302', page(302)],
  ['http_502', page(502)],
  ['invalid_response', page(200)],
  ['invalid_response', success({ request_id: [MEMBER] })],
  ['invalid_response', said(204, MEMBER)],
  ['response_mismatch', success({ member: { email_address: STRANGER } })],
  ['timeout', { kind: 'unanswered', code: 'timeout' }],
  ['connection_lost', { kind: 'unanswered', code: 'connection_lost' }],
  ['unreachable', { kind: 'unreachable', code: 'unreachable' }],
]
