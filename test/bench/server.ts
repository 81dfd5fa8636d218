import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { successAnswer } from '../../infra/local/stytch/answers.ts'
import type { Certificate } from './bench.ts'
import { capacityUnits, type DynamoDbRequest, type Item } from './capacity-units.ts'
import { CREDENTIALS, LEDGER_KEY, LEDGER_KEY_SECRET, ORGANIZATION_ID, STYTCH_SECRET } from './made-up.ts'

/** What the server was asked since the counts were last taken. Capacity units as DynamoDB bills them. */
export type Counts = {
  stytchCalls: number
  dynamoDbRequests: number
  writeUnits: number
  readUnits: number
  secretReads: number
}

const NOTHING: Counts = {
  stytchCalls: 0,
  dynamoDbRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  secretReads: 0,
}

/** What the benchmark tells its server process. Each is answered with what was counted since the last one. */
export type ToServer = { latencyMs: number }

/** The first message says where the server listens. */
export type FromServer = { stytchUrl: string; awsUrl: string } | { counts: Counts }

const ANSWER_BYTES = 3072
const PATH = '/v1/b2b/passwords/email/require_reset'
const { project_id, secret } = CREDENTIALS
const AUTHORIZATION = `Basic ${Buffer.from(`${project_id}:${secret}`).toString('base64')}`

/**
 * A Stytch that resets everybody: the full answer of the simulator, prepared once, with the request's e-mail put in, after
 * `state.latencyMs`. Anything but that one call with the right key is a 401.
 */
function createStytchEndpoint(
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

const SECRETS: Record<string, string> = {
  [STYTCH_SECRET]: JSON.stringify(CREDENTIALS),
  [LEDGER_KEY_SECRET]: LEDGER_KEY,
}

/**
 * A DynamoDB that knows nobody and takes every write at once, and a Secrets Manager with the two secrets, at little cost.
 * Of what is written it keeps the ledger's sentinel only. An action that no handler should need is a 400. It speaks https, as AWS
 * does: for http the AWS SDK would load another client.
 */
function createAwsEndpoint(tls: { key: string; cert: string }, state: { counts: Counts }): Server {
  let sentinel: Item | undefined

  function answerDynamoDb(action: string, request: DynamoDbRequest): unknown {
    const { writeUnits, readUnits } = capacityUnits(action, request)
    state.counts.dynamoDbRequests++
    state.counts.writeUnits += writeUnits
    state.counts.readUnits += readUnits
    if (action === 'PutItem' && request.Item?.kind?.S === 'sentinel') sentinel = request.Item
    if (action === 'GetItem') return request.Key?.kind?.S === 'sentinel' && sentinel ? { Item: sentinel } : {}
    if (action === 'BatchGetItem') return { Responses: {}, UnprocessedKeys: {} }
    if (action === 'BatchWriteItem') return { UnprocessedItems: {} }
    return {}
  }

  return createServer({ ...tls, keepAliveTimeout: 0 }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const [service = '', action = ''] = String(request.headers['x-amz-target']).split('.')
      const answer = (status: number, value: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(value))
      if (service.startsWith('DynamoDB')) return answer(200, answerDynamoDb(action, JSON.parse(body)))
      if (action !== 'GetSecretValue') return answer(400, { __type: 'UnknownOperationException' })
      state.counts.secretReads++
      const { SecretId } = JSON.parse(body)
      return answer(200, { Name: SecretId, VersionId: 'one', SecretString: SECRETS[SecretId] })
    })
  })
}

/** The process that answers for Stytch and AWS, so that its CPU is not counted as a handler's. Key and certificate come in the environment. */
const { BENCH_KEY: key = '', BENCH_CERTIFICATE: cert = '' } = process.env
const state = { latencyMs: 0, counts: { ...NOTHING } }
const say = (message: FromServer) => process.send?.(message)

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const tls = { key, cert }
const stytchPort = await listen(createStytchEndpoint(tls, state))
const awsPort = await listen(createAwsEndpoint(tls, state))
process.on('message', ({ latencyMs }: ToServer) => {
  state.latencyMs = latencyMs
  say({ counts: state.counts })
  state.counts = { ...NOTHING }
})
process.on('disconnect', () => process.exit())
say({ stytchUrl: `https://127.0.0.1:${stytchPort}`, awsUrl: `https://127.0.0.1:${awsPort}` })
