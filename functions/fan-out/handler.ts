import { setTimeout as sleep } from 'node:timers/promises'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { SQSEvent } from 'aws-lambda'
import { AWS_CLIENT_LIMITS } from '../../lib/flow/aws-client.ts'
import { createObserve, errorBoundary } from '../../lib/observability/powertools.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { consumeQuota } from '../../lib/quota/hourly-quota.ts'
import { ConfigSchema } from './config.ts'
import { type Environment, fanOutBatch } from './fan-out-batch.ts'

const config = ConfigSchema.parse(process.env)
const logger = new Logger({ serviceName: 'fan-out' })
const metrics = new Metrics({
  namespace: 'BreachReset',
  serviceName: 'fan-out',
  defaultDimensions: { stage: config.stage },
})
const time = { now: Date.now, sleep, random: Math.random }
const queue = { sqs: new SQSClient(AWS_CLIENT_LIMITS), ...time }
const quota = { dynamoDB: new DynamoDBClient(AWS_CLIENT_LIMITS), table: config.quotaTable, ...time }

const environment: Environment = {
  config,
  observe: createObserve(logger, metrics),
  sendMessages: (queueUrl, messages) => sendMessages(queue, queueUrl, messages),
  consumeQuota: (message, limit, members) => consumeQuota(quota, message, limit, members),
  now: Date.now,
}

export const handler = middy((event: SQSEvent) => fanOutBatch(environment, event), {
  timeoutEarlyInMillis: 0,
})
  .use(injectLambdaContext(logger, { logEvent: false }))
  .use(logMetrics(metrics))
  .use(errorBoundary(environment.observe))
