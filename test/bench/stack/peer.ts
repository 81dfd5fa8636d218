import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { countTwice } from '../../../cli/start/deliveries.ts'
import { startDynamoDb } from '../../../infra/local/dynamodb.ts'
import { startEventSourceMapping } from '../../../infra/local/lambda/event-source-mapping.ts'
import { startFunction } from '../../../infra/local/lambda/function.ts'
import { createCleanUp, createClients, endpointVariables } from '../../../infra/local/local-system.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { startSqs } from '../../../infra/local/sqs/start-sqs.ts'
import { startStytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import type { StageName } from '../../fixtures/stages.ts'
import { createCertificate, type Keep } from '../bench.ts'
import { CREDENTIALS } from '../made-up.ts'
import { bundleVariants } from '../variants.ts'
import { benchStage, makeEvent, poll } from './measured-system.ts'
import { type Dollars, toDollars } from './meter/to-dollars.ts'
import { type CallReport, createMeter, judgeCalls, type Usage } from './meter.ts'

const JITTER = 0.4

export type PeerResult = CallReport & {
  peer: PeerName
  budget: number
  latencyMs: number
  members: number
  /** Until the message was deleted or on the dead-letter queue; undefined: neither within the time it was given. */
  seconds: number | undefined
  /** That ÷ (members ÷ budget). */
  ofIdeal: number | undefined
  /** Members whose old password was alive at the end. */
  notReset: number
  /** Members called again after their reset. */
  calledAgain: number
  callsPerMember: number
  usage: Usage
  dollarsPerMillion: Dollars
}

/** Gives a peer one message with all members of an event, under the budget of a stage, for at most `maxSeconds`. */
export async function measurePeer(
  keep: Keep,
  options: { peer: PeerName; stageName: StageName; latencyMs: number; members: number; maxSeconds: number },
): Promise<PeerResult> {
  const { peer, stageName, latencyMs, members, maxSeconds } = options
  const { stytchRequestsPerSecond: budget, maximumConcurrency, memoryMb } = benchStage(stageName)
  const running = await keep(startPeer(peer, { budget, maximumConcurrency, memoryMb }))
  const { stytch, inspector, sqs, queue, deadLetter, meter } = running
  if (latencyMs > 0)
    stytch.fault({ kind: 'latency', minMs: latencyMs * (1 - JITTER), maxMs: latencyMs * (1 + JITTER) })
  const { emails, body } = makeEvent(stytch, 'breach', members, Date.now())

  const sentAt = Date.now()
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body }))
  const endedAt = await poll(() => {
    const { sent, deleted } = meter.messages()
    return deleted === sent || inspector.depth(deadLetter.url).visible > 0 ? Date.now() : undefined
  }, maxSeconds * 1000)
  const calls = stytch.calls()
  const usage = meter.read()
  await running.stop()

  const seconds = endedAt === undefined ? undefined : (endedAt - sentAt) / 1000
  return {
    ...{ peer, budget, latencyMs, members, seconds },
    ofIdeal: seconds && seconds / (members / budget),
    notReset: [...emails].filter((email) => stytch.password(email).state === 'usable').length,
    calledAgain: countTwice(calls),
    callsPerMember: calls.length / members,
    ...judgeCalls(calls, budget),
    ...{ usage, dollarsPerMillion: toDollars(usage, members, memoryMb) },
  }
}

const TABLE = 'idempotency'
const SECRET = 'stytch'

type RunningPeer = Awaited<ReturnType<typeof boot>>

/** Boots a peer on 127.0.0.1: one queue with a dead-letter queue, its function, and a Stytch that keeps to the budget. */
async function startPeer(
  name: PeerName,
  options: { budget: number; maximumConcurrency: number; memoryMb: number },
): Promise<RunningPeer> {
  const cleanUp = createCleanUp()
  try {
    return await boot(name, options, cleanUp)
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

async function boot(
  name: PeerName,
  { budget, maximumConcurrency, memoryMb }: Parameters<typeof startPeer>[1],
  cleanUp: ReturnType<typeof createCleanUp>,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'breach-reset-peer-'))
  cleanUp.add(() => rm(folder, { recursive: true, force: true }))
  const certificate = await createCertificate(folder)
  const bundles = await bundleVariants(folder)

  const workQueues = new Set<string>()
  const meter = createMeter((url) => workQueues.has(url))
  const { intercept } = meter
  const inspector = cleanUp.keep(await startSqs({ intercept }))
  const tables = cleanUp.keep(await startDynamoDb({ intercept }))
  const secretsManager = cleanUp.keep(await startSecretsManager({ intercept }))
  secretsManager.put(SECRET, JSON.stringify(CREDENTIALS))
  const stytch = cleanUp.keep(
    await startStytchSimulator({
      projectId: CREDENTIALS.project_id,
      secret: CREDENTIALS.secret,
      requestsPerSecond: budget,
      tls: certificate,
    }),
  )
  const endpoints = {
    ...{ sqs: inspector.endpoint, dynamoDB: tables.endpoint, secretsManager: secretsManager.endpoint },
  }
  const { sqs, dynamoDB } = createClients(endpoints)
  cleanUp.add(async () => {
    sqs.destroy()
    dynamoDB.destroy()
  })
  await dynamoDB.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  const { functionTimeoutSeconds } = PEERS[name]
  const deadLetter = await inspector.createQueue('dead-letter', {})
  const queue = await inspector.createQueue('breach', {
    VisibilityTimeout: String(VISIBILITY_PER_TIMEOUT * functionTimeoutSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  })
  workQueues.add(queue.url)
  const local = startFunction({
    ...{ name, memoryMb, assetDirectory: bundles[name], handler: 'index.handler' },
    timeoutMs: functionTimeoutSeconds * 1000,
    environment: {
      ...endpointVariables(endpoints),
      NODE_EXTRA_CA_CERTS: certificate.file,
      IDEMPOTENCY_TABLE: TABLE,
      STYTCH_SECRET: SECRET,
      STYTCH_BASE_URL: stytch.url,
    },
    onLog: () => {},
  })
  const mapping = startEventSourceMapping({
    ...{ sqs, queueUrl: queue.url, queueArn: queue.arn, maximumConcurrency, batchSize: RECORDS_PER_BATCH },
    ...{ windowSeconds: 0, reportBatchItemFailures: true, invoke: local.invoke },
    onBatch: (summary) => meter.onBatch({ ...summary, functionName: name }),
  })
  cleanUp.add(() => Promise.all([mapping.stop(), local.stop()]))
  return { meter, inspector, sqs, stytch, queue, deadLetter, stop: cleanUp.run }
}

/** The peers as their queue and function are set up: AWS's rule of six function timeouts for the visibility, and five receives. */
const PEERS = {
  'peer-a': { functionTimeoutSeconds: 10 },
  'peer-b': { functionTimeoutSeconds: 60 },
} as const

type PeerName = keyof typeof PEERS

const MAX_RECEIVE_COUNT = 5
const VISIBILITY_PER_TIMEOUT = 6
/** The default of an SQS event source mapping. */
const RECORDS_PER_BATCH = 10
