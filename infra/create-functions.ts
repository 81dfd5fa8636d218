import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Construct } from 'constructs'
import { createFunction } from './create-function.ts'
import type { Queues } from './create-queues.ts'
import type { Secrets } from './create-secrets.ts'
import type { Settings } from './derive-settings.ts'
import type { Stage } from './stage.ts'

export type Functions = { fanOut: NodejsFunction; requireReset: NodejsFunction }

/** The two functions with everything that their config.ts reads from the environment. */
export function createFunctions(
  scope: Construct,
  parts: {
    stageName: string
    stage: Stage
    settings: Settings
    key: IKey
    queues: Queues
    ledger: Table
    secrets: Secrets
    quota: Table | undefined
  },
): Functions {
  const { stageName, stage, settings, key, queues, ledger, secrets, quota } = parts
  const common = {
    STAGE: stageName,
    RESET_QUEUE_URL: queues.reset.queueUrl,
    DEAD_LETTER_QUEUE_URL: queues.deadLetter.queueUrl,
  }
  const fanOut = createFunction(scope, 'FanOut', {
    ...{ folder: 'fan-out', stage, key },
    environment: {
      ...common,
      MAX_MEMBERS_PER_EVENT: String(stage.maxMembersPerEvent),
      MEMBERS_PER_MESSAGE: String(settings.membersPerMessage),
      MESSAGES_AT_ONCE: String(settings.messagesAtOnce),
      ...(stage.sources && { SOURCES: JSON.stringify(stage.sources) }),
      ...(quota && { QUOTA_TABLE: quota.tableName }),
    },
  })
  const requireReset = createFunction(scope, 'RequireReset', {
    ...{ folder: 'require-reset', stage, key },
    // It sends what is left over to its own queue: AWS would stop that after 16 rounds, the retry horizon does it here.
    recursiveLoop: RecursiveLoop.ALLOW,
    ...(stage.reservedConcurrency && { reservedConcurrentExecutions: stage.reservedConcurrency }),
    environment: {
      ...common,
      MODE: stage.mode,
      LEDGER_TABLE: ledger.tableName,
      LEDGER_KEY_SECRET: secrets.ledgerKey.secretArn,
      STYTCH_SECRET: secrets.stytchSecret.secretArn,
      STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
      STYTCH_CALLS_IN_FLIGHT: String(settings.callsInFlight),
      MOST_UNRECORDED: String(settings.mostUnrecorded),
      STYTCH_TIMEOUT_MS: String(stage.stytchTimeoutSeconds * 1000),
      SETTLE_RESERVE_MS: String(settings.settleReserveMs),
      RETRY_HORIZON_HOURS: String(stage.retryHorizonHours),
    },
  })
  return { fanOut, requireReset }
}
