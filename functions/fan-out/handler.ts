import { setTimeout as sleep } from 'node:timers/promises'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { AWS_CLIENT_LIMITS } from '../../lib/flow/aws-client.ts'
import { reportRecordFailure } from '../../lib/observability/observe.ts'
import { createObserve, errorBoundary } from '../../lib/observability/powertools.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import { createSendMessages } from '../../lib/queue/send-messages.ts'
import { createAddToHour, createCountMembers } from '../../lib/quota/hourly-quota.ts'
import { ConfigSchema } from './config.ts'
import { createFanOutRecord } from './fan-out-record.ts'

const config = ConfigSchema.parse(process.env)
const logger = new Logger({ serviceName: 'fan-out' })
const metrics = new Metrics({
  namespace: 'BreachReset',
  serviceName: 'fan-out',
  defaultDimensions: { stage: config.stage },
})
const observe = createObserve(logger, metrics)
const sendMessages = createSendMessages({ sqs: new SQSClient(AWS_CLIENT_LIMITS), sleep, random: Math.random })
const now = Date.now
const quota = { dynamoDB: new DynamoDBClient(AWS_CLIENT_LIMITS), table: config.quotaTable, now }
const addToHour = createAddToHour({ ...quota, sleep, random: Math.random })
const countMembers = createCountMembers({ ...quota, addToHour })
const fanOutRecord = createFanOutRecord({ config, sendMessages, countMembers, observe, now })

async function fanOut(event: SQSEvent): Promise<SQSBatchResponse> {
  return processBatch(event, fanOutRecord, reportRecordFailure(observe))
}

export const handler = middy(fanOut, { timeoutEarlyInMillis: 0 })
  .use(injectLambdaContext(logger, { logEvent: false }))
  .use(logMetrics(metrics))
  .use(errorBoundary(observe))
