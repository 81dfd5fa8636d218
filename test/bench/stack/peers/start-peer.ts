import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { startDynamoDb } from '../../../../infra/local/dynamodb.ts'
import { startEventSourceMapping } from '../../../../infra/local/lambda/event-source-mapping.ts'
import { startFunction } from '../../../../infra/local/lambda/function.ts'
import { createCleanUp, createClients, endpointVariables } from '../../../../infra/local/local-system.ts'
import { startSecretsManager } from '../../../../infra/local/secrets-manager.ts'
import { startSqs } from '../../../../infra/local/sqs/start-sqs.ts'
import { startStytchSimulator } from '../../../../infra/local/stytch/simulator.ts'
import { bundleVariants } from '../../bundle-variants.ts'
import { createCertificate } from '../../create-certificate.ts'
import { CREDENTIALS } from '../../made-up.ts'
import { createMeter } from '../meter/create-meter.ts'
import {
  MAX_RECEIVE_COUNT,
  PEERS,
  type PeerName,
  RECORDS_PER_BATCH,
  VISIBILITY_PER_TIMEOUT,
} from './peers.ts'

const TABLE = 'idempotency'
const SECRET = 'stytch'

export type RunningPeer = Awaited<ReturnType<typeof boot>>

/** Boots a peer on 127.0.0.1: one queue with a dead-letter queue, its function, and a Stytch that keeps to the budget. */
export async function startPeer(
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
