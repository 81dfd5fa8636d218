import { createServer, type Server } from 'node:https'
import { successAnswer } from '../../../infra/local/stytch/answers.ts'
import type { Certificate } from '../create-certificate.ts'
import { CREDENTIALS, ORGANIZATION_ID } from '../made-up.ts'
import type { Counts } from './counts.ts'

const ANSWER_BYTES = 3072
const PATH = '/v1/b2b/passwords/email/require_reset'
const { project_id, secret } = CREDENTIALS
const AUTHORIZATION = `Basic ${Buffer.from(`${project_id}:${secret}`).toString('base64')}`

/**
 * A Stytch that resets everybody: the full answer of the simulator, prepared once, with the request's e-mail put in, after
 * `state.latencyMs`. Anything but that one call with the right key is a 401.
 */
export function createStytchEndpoint(
  { key, cert }: Pick<Certificate, 'key' | 'cert'>,
  state: { latencyMs: number; counts: Counts },
): Server {
  const [before = '', after = ''] = prepareAnswer()
  return createServer({ key, cert, keepAliveTimeout: 0 }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (request.url !== PATH || request.headers.authorization !== AUTHORIZATION) {
        response.writeHead(401).end()
        return
      }
      state.counts.stytchCalls++
      const answer = before + JSON.parse(body).email_address + after
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }
      const send = () => response.writeHead(200, headers).end(answer)
      if (state.latencyMs > 0) setTimeout(send, state.latencyMs)
      else send()
    })
  })
}

/** The answer without the e-mail, as the text before and after it; metadata fills it up to 3 KB. */
function prepareAnswer(): string[] {
  const organization = { organizationId: ORGANIZATION_ID, slug: 'acme', name: 'Acme', suspended: false }
  const member = { memberId: 'member-test-00000000-0000-4000-8000-000000000000', name: 'A Member' }
  const { body } = successAnswer(
    {
      requestId: 'request-id-test-00000000-0000-4000-8000-000000000000',
      organization: { ...organization, createdAt: 0 },
      member: {
        ...member,
        ...{
          organizationId: ORGANIZATION_ID,
          email: '@@',
          status: 'active',
          breakGlass: false,
          createdAt: 0,
        },
      },
      passwordId: undefined,
    },
    { answer: 'full', absentStrings: '""' },
  )
  const filler = 'x'.repeat(ANSWER_BYTES - body.length)
  return body.replace('"trusted_metadata":{}', `"trusted_metadata":{"note":"${filler}"}`).split('@@')
}
