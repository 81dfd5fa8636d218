import { once } from 'node:events'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { expect, it, onTestFinished } from 'vitest'
import { openAwsClients } from '../../../cli/aws.ts'
import type { AwsEndpoint, EndpointOptions } from '../../../infra/local/aws-endpoint.ts'
import { startCloudFormation } from '../../../infra/local/cloudformation.ts'
import { startDynamoDb } from '../../../infra/local/dynamodb.ts'
import { startEventBus } from '../../../infra/local/event-bus.ts'
import { startLambdaApi } from '../../../infra/local/lambda/lambda-api.ts'
import { startRuntimeApi } from '../../../infra/local/lambda/runtime-api.ts'
import { startLogs } from '../../../infra/local/logs.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { startSqs } from '../../../infra/local/sqs/start-sqs.ts'
import { AUTH, startProject } from './stytch/start-project.ts'

const TOKEN = 'token-of-the-run'
const invocation = { requestId: 'r', event: {}, deadline: 0, functionArn: 'arn' }

/** Every server of the local system, each of which answers a GET of this path by somebody whom it lets in. */
const SERVERS: Record<
  string,
  (options: EndpointOptions) => Promise<{ url: string; stop?(): Promise<void> }>
> = {
  SQS: at(startSqs),
  DynamoDB: at(startDynamoDb),
  'Secrets Manager': at(startSecretsManager),
  EventBridge: at((options) => startEventBus({ eventBus: undefined, ...options })),
  CloudFormation: at((options) => startCloudFormation({}, options)),
  Lambda: at((options) => startLambdaApi(new Map(), options)),
  'CloudWatch Logs': at((options) => startLogs([], options)),
  'the runtime API': async ({ token = '' }) => {
    const source = { next: async () => invocation, initFailed: unknown, answered: unknown, failed: unknown }
    const { address, stop } = await startRuntimeApi({ ...source, answered: async () => 'unknown' }, token)
    return { url: `http://${address}/2018-06-01/runtime/invocation/next`, stop }
  },
  "Stytch's simulator": async () => ({ url: `${(await startProject()).stytch.url}/simulator/members` }),
}

function at(start: (options: EndpointOptions) => Promise<{ endpoint: string; stop(): Promise<void> }>) {
  return async (options: EndpointOptions) => {
    const { endpoint, stop } = await start(options)
    return { url: `${endpoint}/`, stop }
  }
}

function unknown(): 'unknown' {
  return 'unknown'
}

async function request(url: string, headers: Record<string, string>, method = 'GET') {
  const sent = http.request(url, { method, headers, agent: false })
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    sent
      .once('response', resolve)
      .on('error', reject)
      .end(method === 'POST' ? '{}' : undefined)
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** The status of the answer to a stranger who announces a body and does not send it. */
async function statusBeforeBody(url: string) {
  const sent = http.request(url, { method: 'POST', headers: { 'content-length': 1e9 }, agent: false })
  sent.flushHeaders()
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage]
  sent.on('error', () => {}).destroy()
  return response.statusCode
}

const BASIC = `Basic ${Buffer.from(AUTH).toString('base64')}`
const MEMBER = { 'x-amz-security-token': TOKEN, authorization: BASIC }
const STRANGER = { 'x-amz-security-token': 'token-of-the-next', authorization: BASIC.slice(0, -2) }

it.each(Object.entries(SERVERS))(
  '%s serves only who sends the token of the run, to this machine',
  async (_, start) => {
    const { url, stop } = await start({ token: TOKEN })
    if (stop) onTestFinished(stop)
    const { port } = new URL(url)
    const local = [{}, { host: `localhost:${port}` }, { host: `LOCALHOST:${port}` }]
    for (const host of local) expect((await request(url, { ...MEMBER, ...host })).status).not.toBe(403)
    const refused = [
      await request(url, STRANGER),
      await request(url, {}),
      await request(url, { 'content-type': 'text/plain', origin: 'http://attacker.example' }, 'POST'),
      ...(await Promise.all(
        ['attacker.example', `attacker.example:${port}`, '127.0.0.1', `127.0.0.1.nip.example:${port}`].map(
          (host) => request(url, { ...MEMBER, host }),
        ),
      )),
    ]
    expect(await statusBeforeBody(url)).toBe(403)
    for (const { status, headers, body } of refused) {
      expect(status).toBe(403)
      expect(headers).not.toHaveProperty('access-control-allow-origin')
      expect(body).not.toContain(TOKEN)
    }
  },
)

it("Stytch's simulator refuses a stranger before the body arrives", async () => {
  const { stytch } = await startProject()
  expect(await statusBeforeBody(`${stytch.url}/v1/b2b/passwords/email/require_reset`)).toBe(401)
})

const clientOf = (endpoint: string) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'of-an-earlier-run' }
  return openAwsClients({ endpoint, region: 'us-east-1', credentials })
}
type Ask = (aws: ReturnType<typeof clientOf>) => Promise<unknown>
const ASKED: [string, (options: EndpointOptions) => Promise<AwsEndpoint>, Ask][] = [
  [
    'SQS',
    startSqs,
    ({ sqs }) => sqs.send(new GetQueueAttributesCommand({ QueueUrl: 'http://x.example/0/q' })),
  ],
  ['DynamoDB', startDynamoDb, ({ dynamoDB }) => dynamoDB.send(new ListTablesCommand({}))],
  [
    'Secrets Manager',
    startSecretsManager,
    ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: 's' })),
  ],
  [
    'CloudFormation',
    (options) => startCloudFormation({}, options),
    ({ cloudFormation }) => cloudFormation.send(new DescribeStacksCommand({ StackName: 'x' })),
  ],
  [
    'Lambda',
    (options) => startLambdaApi(new Map(), options),
    ({ lambda }) => lambda.send(new GetEventSourceMappingCommand({ UUID: 'u' })),
  ],
]

it.each(ASKED)(
  'a command with the token of an earlier run has no usable credentials, says %s',
  async (_, start, ask) => {
    const { endpoint, stop } = await start({ token: TOKEN })
    onTestFinished(stop)
    await expect(ask(clientOf(endpoint))).rejects.toThrow('no usable AWS credentials')
  },
)
