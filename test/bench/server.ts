import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { successAnswer } from '../../infra/local/stytch/answers.ts'
import { capacityUnits, type DynamoDbRequest, type Item } from './capacity-units.ts'
import { CREDENTIALS, LEDGER_KEY, LEDGER_KEY_SECRET, ORGANIZATION_ID, STYTCH_SECRET } from './made-up.ts'

/** The message that the benchmark sends: Stytch's latency from now on. It is answered with the counts since the previous one. */
export type ToServer = { latencyMs: number }

/** The first message says where the server listens. */
export type FromServer = { stytchUrl: string; awsUrl: string } | { counts: Counts }

/** Requests to the server since the counts were last sent. Capacity units as DynamoDB bills them. */
export type Counts = {
  stytchCalls: number
  dynamoDbRequests: number
  writeUnits: number
  readUnits: number
  secretReads: number
}

const NOTHING: Counts = { stytchCalls: 0, dynamoDbRequests: 0, writeUnits: 0, readUnits: 0, secretReads: 0 }
const ANSWER_BYTES = 3072
const PATH = '/v1/b2b/passwords/email/require_reset'
const AUTHORIZATION = `Basic ${Buffer.from(`${CREDENTIALS.project_id}:${CREDENTIALS.secret}`).toString('base64')}`
const SECRETS: Record<string, string> = {
  [STYTCH_SECRET]: JSON.stringify(CREDENTIALS),
  [LEDGER_KEY_SECRET]: LEDGER_KEY,
}

/** Plays Stytch and AWS in a process of its own, so that its CPU is not counted as a handler's. Key and certificate come in the environment. */
const { BENCH_KEY: key = '', BENCH_CERTIFICATE: cert = '' } = process.env
// https also for AWS: for http the AWS SDK would load another client.
const options = { key, cert, keepAliveTimeout: 0 }
let latencyMs = 0
let counts = { ...NOTHING }

const stytchPort = await listen(createStytch())
const awsPort = await listen(createAws())
process.on('message', (message: ToServer) => {
  latencyMs = message.latencyMs
  send({ counts })
  counts = { ...NOTHING }
})
process.on('disconnect', () => process.exit())
send({ stytchUrl: `https://127.0.0.1:${stytchPort}`, awsUrl: `https://127.0.0.1:${awsPort}` })

function send(message: FromServer): void {
  process.send?.(message)
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/**
 * A Stytch that resets everybody: after the latency it sends the simulator's full answer, prepared once, with the e-mail of the
 * request in it. Any other request, and any other key, is answered 401.
 */
function createStytch(): Server {
  const [before = '', after = ''] = prepareAnswer()
  return createServer(options, (request, response) =>
    onBody(request, (body) => {
      if (request.url !== PATH || request.headers.authorization !== AUTHORIZATION) {
        response.writeHead(401).end()
        return
      }
      counts.stytchCalls++
      const answer = before + JSON.parse(body).email_address + after
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }
      const respond = () => response.writeHead(200, headers).end(answer)
      if (latencyMs > 0) setTimeout(respond, latencyMs)
      else respond()
    }),
  )
}

/** The text of the answer before and after the e-mail. Metadata pads it to 3 KB. */
function prepareAnswer(): string[] {
  const { body } = successAnswer(
    {
      requestId: 'request-id-test-00000000-0000-4000-8000-000000000000',
      organization: {
        ...{ organizationId: ORGANIZATION_ID, slug: 'acme', name: 'Acme' },
        ...{ suspended: false, createdAt: 0 },
      },
      member: {
        ...{ memberId: 'member-test-00000000-0000-4000-8000-000000000000', name: 'A Member', email: '@@' },
        ...{ organizationId: ORGANIZATION_ID, status: 'active', breakGlass: false, createdAt: 0 },
      },
      passwordId: undefined,
    },
    { answer: 'full', absentStrings: '""' },
  )
  const padding = 'x'.repeat(ANSWER_BYTES - body.length)
  return body.replace('"trusted_metadata":{}', `"trusted_metadata":{"note":"${padding}"}`).split('@@')
}

/**
 * A DynamoDB that has no rows and accepts every write at once, and a Secrets Manager with the two secrets; both use little CPU.
 * Only the ledger's sentinel is stored. An action that no handler needs is answered 400.
 */
function createAws(): Server {
  let sentinel: Item | undefined

  function answerDynamoDb(action: string, request: DynamoDbRequest): unknown {
    const { writeUnits, readUnits } = capacityUnits(action, request)
    counts.dynamoDbRequests++
    counts.writeUnits += writeUnits
    counts.readUnits += readUnits
    if (action === 'PutItem' && request.Item?.kind?.S === 'sentinel') sentinel = request.Item
    if (action === 'GetItem') return request.Key?.kind?.S === 'sentinel' && sentinel ? { Item: sentinel } : {}
    if (action === 'BatchGetItem') return { Responses: {}, UnprocessedKeys: {} }
    if (action === 'BatchWriteItem') return { UnprocessedItems: {} }
    return {}
  }

  return createServer(options, (request, response) =>
    onBody(request, (body) => {
      const [service = '', action = ''] = String(request.headers['x-amz-target']).split('.')
      const respond = (status: number, value: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(value))
      if (service.startsWith('DynamoDB')) return respond(200, answerDynamoDb(action, JSON.parse(body)))
      if (action !== 'GetSecretValue') return respond(400, { __type: 'UnknownOperationException' })
      counts.secretReads++
      const { SecretId } = JSON.parse(body)
      return respond(200, { Name: SecretId, VersionId: 'one', SecretString: SECRETS[SecretId] })
    }),
  )
}

function onBody(request: IncomingMessage, handle: (body: string) => void): void {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => handle(body))
}
