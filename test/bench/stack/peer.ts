import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { countRepeatedResets } from '../../../cli/start/tally.ts'
import { createClients, endpointVariables } from '../../../infra/local/access.ts'
import { createTable, startDynamoDb } from '../../../infra/local/dynamodb.ts'
import { startEventSourceMapping } from '../../../infra/local/lambda/event-source-mapping.ts'
import { startFunction } from '../../../infra/local/lambda/function.ts'
import { createCleanUp } from '../../../infra/local/local-system.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { startSqs } from '../../../infra/local/sqs/start-sqs.ts'
import { startStytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import type { Stage } from '../../../infra/stage.ts'
import { type Certificate, createCertificate, type Keep } from '../bench.ts'
import { CREDENTIALS } from '../made-up.ts'
import { bundleVariants } from '../variants.ts'
import { makeEvent, poll, type Setup, setLatency } from './measured-system.ts'
import {
  type CallReport,
  createMeter,
  judgeCalls,
  type Meter,
  priceUsage,
  type StackDollars,
  type Usage,
} from './meter.ts'

/** The time limit of each peer's function. */
const FUNCTION_TIMEOUT_SECONDS = { 'peer-a': 10, 'peer-b': 60 }
/** The visibility timeout that AWS recommends, in function timeouts. */
const VISIBILITY_PER_TIMEOUT = 6
const MAX_RECEIVE_COUNT = 5
/** The default of an SQS event source mapping. */
const RECORDS_PER_BATCH = 10

type PeerName = keyof typeof FUNCTION_TIMEOUT_SECONDS

export type PeerResult = CallReport & {
  peer: PeerName
  budget: number
  latencyMs: number
  members: number
  /** Until the message was deleted or dead-lettered; undefined if neither happened within the time limit. */
  seconds: number | undefined
  /** That ÷ (members ÷ budget). */
  ofIdeal: number | undefined
  /** Members whose old password still worked at the end. */
  notReset: number
  /** Members that were called again after their reset. */
  calledAgain: number
  callsPerMember: number
  usage: Usage
  dollarsPerMillion: StackDollars
}

/** Gives a peer one message with all members of an event, with the rate and the concurrency of a stage, for at most `maxSeconds`. */
export async function measurePeer(
  keep: Keep,
  options: Omit<Setup, 'stageName'> & { peer: PeerName; members: number; maxSeconds: number },
): Promise<PeerResult> {
  const { peer, stage, latencyMs, members, maxSeconds } = options
  const budget = stage.stytchRequestsPerSecond
  const running = await keep(startPeer(peer, stage))
  const { stytch, inspector, sqs, queue, deadLetter, meter } = running
  setLatency(stytch, latencyMs)
  const { emails, body } = makeEvent(stytch, 'breach', members)

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
    calledAgain: countRepeatedResets(calls),
    callsPerMember: calls.length / members,
    ...judgeCalls(calls, budget),
    ...{ usage, dollarsPerMillion: priceUsage(usage, members, stage.memorySize) },
  }
}

type CleanUp = ReturnType<typeof createCleanUp>

/** Boots a peer on 127.0.0.1: one queue with a dead-letter queue, its function, and a Stytch that enforces the stage's rate. */
async function startPeer(name: PeerName, stage: Stage) {
  const cleanUp = createCleanUp()
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'breach-reset-peer-'))
    cleanUp.add(() => rm(folder, { recursive: true, force: true }))
    const certificate = await createCertificate(folder)
    const bundles = await bundleVariants(folder)
    const workQueues = new Set<string>()
    const meter = createMeter((url) => workQueues.has(url))
    const services = await startServices(cleanUp, meter, certificate, stage)
    const { queue, deadLetter } = await createQueues(services, name)
    workQueues.add(queue.url)
    startConsumer(cleanUp, {
      name,
      stage,
      assetDirectory: bundles[name],
      certificate,
      services,
      queue,
      meter,
    })
    const { inspector, sqs, stytch } = services
    return { meter, inspector, sqs, stytch, queue, deadLetter, stop: cleanUp.run }
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

const TABLE = 'idempotency'
const SECRET = 'stytch'

type Services = Awaited<ReturnType<typeof startServices>>

async function startServices(
  cleanUp: CleanUp,
  { intercept }: Meter,
  certificate: Certificate,
  { stytchRequestsPerSecond }: Stage,
) {
  const inspector = cleanUp.keep(await startSqs({ intercept }))
  const tables = cleanUp.keep(await startDynamoDb({ intercept }))
  const secretsManager = cleanUp.keep(await startSecretsManager({ intercept }))
  secretsManager.put(SECRET, JSON.stringify(CREDENTIALS))
  const stytch = cleanUp.keep(
    await startStytchSimulator({
      projectId: CREDENTIALS.project_id,
      secret: CREDENTIALS.secret,
      requestsPerSecond: stytchRequestsPerSecond,
      tls: certificate,
    }),
  )
  const endpoints = {
    sqs: inspector.endpoint,
    dynamoDB: tables.endpoint,
    secretsManager: secretsManager.endpoint,
  }
  const { sqs, dynamoDB } = createClients(endpoints)
  cleanUp.add(async () => {
    sqs.destroy()
    dynamoDB.destroy()
  })
  await createTable(dynamoDB, {
    TableName: TABLE,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  return { inspector, stytch, sqs, endpoints }
}

async function createQueues({ inspector }: Services, name: PeerName) {
  const deadLetter = await inspector.createQueue('dead-letter', {})
  const queue = await inspector.createQueue('breach', {
    VisibilityTimeout: String(VISIBILITY_PER_TIMEOUT * FUNCTION_TIMEOUT_SECONDS[name]),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  })
  return { queue, deadLetter }
}

/** Starts the peer's function and the event source mapping that invokes it. */
function startConsumer(
  cleanUp: CleanUp,
  parts: {
    name: PeerName
    stage: Stage
    assetDirectory: string
    certificate: Certificate
    services: Services
    queue: { url: string; arn: string }
    meter: Meter
  },
): void {
  const { name, stage, assetDirectory, certificate, queue, meter } = parts
  const { sqs, stytch, endpoints } = parts.services
  const { memorySize: memoryMb, maximumConcurrency } = stage
  const local = startFunction({
    ...{ name, memoryMb, assetDirectory, handler: 'index.handler' },
    timeoutMs: FUNCTION_TIMEOUT_SECONDS[name] * 1000,
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
}
