import { setTimeout } from 'node:timers/promises'
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { AWS_CLIENT_LIMITS } from '../flow/aws-client.ts'
import type { LedgerEnvironment } from '../ledger/items.ts'
import { checkSentinel } from '../ledger/sentinel.ts'
import { createReporting } from '../observability/powertools.ts'
import { createProgress } from '../progress/effects.ts'
import { sendMessages } from '../queue/send-messages.ts'
import type { StepConfig } from './config.ts'
import type { StepEffects } from './environment.ts'

const SECRET_MAX_AGE_SECONDS = 300

/** What a step's handler is made of: the effects that every step has, the ledger, and what turns its flow into a Lambda handler. */
export function createLambda(serviceName: string, config: StepConfig) {
  const { observe, toHandler } = createReporting(serviceName, config.stage)
  const secrets = new SecretsProvider({ clientConfig: AWS_CLIENT_LIMITS })
  const time = { now: Date.now, sleep: setTimeout, random: Math.random }
  const queue = { sqs: new SQSClient(AWS_CLIENT_LIMITS), ...time }
  const ledger: LedgerEnvironment = {
    dynamoDB: new DynamoDBClient(AWS_CLIENT_LIMITS),
    table: config.ledgerTable,
    ...time,
  }
  const effects: StepEffects = {
    ...time,
    ...createProgress(config),
    monotonic: () => performance.now(),
    observe,
    sendMessages: (queueUrl, messages) => sendMessages(queue, queueUrl, messages),
    checkSentinel: (...keys) => checkSentinel({ ...ledger, begin: config.mode === 'enforce' }, ...keys),
    readSecret: async (name, { fresh }) =>
      (await secrets.get(name, { maxAge: SECRET_MAX_AGE_SECONDS, forceFetch: fresh }))?.toString(),
  }
  return { effects, ledger, toHandler }
}
