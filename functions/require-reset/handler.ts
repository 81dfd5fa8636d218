import { setTimeout } from 'node:timers/promises'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { AWS_CLIENT_LIMITS } from '../../lib/flow/aws-client.ts'
import { readRows, writeResets, writeUncertain } from '../../lib/ledger/ledger.ts'
import { checkSentinel } from '../../lib/ledger/sentinel.ts'
import { createObserve, errorBoundary } from '../../lib/observability/powertools.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { createRequireReset } from '../../lib/stytch/require-reset.ts'
import { ConfigSchema } from './config.ts'
import { createEnvironment } from './environment.ts'
import { resetBatch } from './reset-batch.ts'

const SECRET_MAX_AGE_SECONDS = 300

const config = ConfigSchema.parse(process.env)
const logger = new Logger({ serviceName: 'require-reset' })
const metrics = new Metrics({
  namespace: 'BreachReset',
  serviceName: 'require-reset',
  defaultDimensions: { stage: config.stage },
})
const observe = createObserve(logger, metrics)
const secrets = new SecretsProvider({ clientConfig: AWS_CLIENT_LIMITS })
const time = { now: Date.now, sleep: setTimeout, random: Math.random }
const monotonic = () => performance.now()
const queue = { sqs: new SQSClient(AWS_CLIENT_LIMITS), ...time }
const ledger = { dynamoDB: new DynamoDBClient(AWS_CLIENT_LIMITS), table: config.ledgerTable, ...time }

const environment = createEnvironment(config, {
  ...time,
  monotonic,
  observe,
  requireReset: createRequireReset({ timeoutMs: config.callTimeoutMs, baseUrl: config.stytchBaseUrl }),
  sendMessages: (queueUrl, messages) => sendMessages(queue, queueUrl, messages),
  readRows: (people) => readRows(ledger, people),
  writeResets: (rows) => writeResets(ledger, rows),
  writeUncertain: (call) => writeUncertain(ledger, call),
  checkSentinel: (...keys) => checkSentinel({ ...ledger, begin: config.mode === 'enforce' }, ...keys),
  readSecret: async (name, { fresh }) =>
    (await secrets.get(name, { maxAge: SECRET_MAX_AGE_SECONDS, forceFetch: fresh }))?.toString(),
})

function requireReset(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  return resetBatch(environment, event, context.getRemainingTimeInMillis())
}

export const handler = middy(requireReset, { timeoutEarlyInMillis: 0 })
  .use(injectLambdaContext(logger, { logEvent: false }))
  .use(logMetrics(metrics))
  .use(errorBoundary(observe))
