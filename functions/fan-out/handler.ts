import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { AWS_CLIENT_LIMITS } from '../../lib/flow/aws-client.ts'
import { createReporting } from '../../lib/observability/powertools.ts'
import { createProgress } from '../../lib/progress/effects.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { consumeQuota } from '../../lib/quota/hourly-quota.ts'
import { ConfigSchema } from './config.ts'
import { type Environment, fanOutBatch } from './fan-out-batch.ts'

const config = ConfigSchema.parse(process.env)
const { observe, toHandler } = createReporting('fan-out', config.stage)
const time = { now: Date.now, sleep, random: Math.random }
const queue = { sqs: new SQSClient(AWS_CLIENT_LIMITS), ...time }
const quota = { dynamoDB: new DynamoDBClient(AWS_CLIENT_LIMITS), table: config.quotaTable, ...time }

const environment: Environment = {
  config,
  observe,
  sendMessages: (queueUrl, messages) => sendMessages(queue, queueUrl, messages),
  consumeQuota: (message, quotas, members) => consumeQuota(quota, message, quotas, members),
  ...createProgress(config),
  ...time,
  monotonic: () => performance.now(),
}

export const handler = toHandler((event, remainingMs) => fanOutBatch(environment, event, remainingMs))
