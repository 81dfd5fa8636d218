import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Config } from '../../../functions/require-reset/config.ts'
import { createResetBatch, type Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import { checkSentinel } from '../../../lib/ledger/check-sentinel.ts'
import { createReadResets } from '../../../lib/ledger/read-resets.ts'
import { createWriteRows } from '../../../lib/ledger/write-rows.ts'
import { createSendMessages } from '../../../lib/queue/send-messages.ts'
import type { Step } from '../scenario/faults-at.ts'
import type { Environment } from './create-environment.ts'
import { createLedgerClient } from './create-ledger-client.ts'
import { createQueueClient } from './create-queue-client.ts'
import { createReadSecret } from './create-read-secret.ts'
import { createStytchClient } from './create-stytch-client.ts'
import { createWitness } from './create-witness.ts'
import type { Client, Handle, Seams } from './seams.ts'
import type { World } from './world.ts'

/** require-reset in a new execution environment, wired as its handler.ts does it. */
export function bootRequireReset(world: World, environment: Environment, seams: Seams): Handle {
  const { timeline, dice, deployment } = world
  const { stage, settings } = deployment
  const queueClient: Client = { send: createQueueClient(world, environment, 'require-reset') }
  const ledgerClient: Client = { send: createLedgerClient(world, environment) }
  const sqs = (seams.sqs?.(queueClient, world, environment) ?? queueClient) as unknown as SQSClient
  const dynamoDB = (seams.dynamoDB?.(ledgerClient, world, environment) ??
    ledgerClient) as unknown as DynamoDBClient
  const random = () => dice.roll(`random ${environment.name}`)
  const waiting = (step: Step) => ({ sleep: environment.sleepAt(step), random })
  const ledger = { dynamoDB, table: 'ledger' }
  const real: Effects = {
    ...waiting('wait'),
    now: timeline.now,
    observe: createWitness(world, environment),
    requireReset: createStytchClient(world, environment),
    sendMessages: createSendMessages({ sqs, ...waiting('wait to send again') }),
    readResets: createReadResets({ ...ledger, ...waiting('wait to read again') }),
    writeRows: createWriteRows({ ...ledger, ...waiting('wait to write again') }),
    checkSentinel: (ledgerKey) => checkSentinel({ ...ledger, begin: stage.mode === 'enforce' }, ledgerKey),
    readSecret: createReadSecret(world, environment),
  }
  const effects = seams.resetEffects?.(real, world, environment) ?? real
  const create = (config: Partial<Config> = {}) =>
    createResetBatch(
      {
        stage: 'simulation',
        mode: stage.mode,
        resetQueueUrl: 'reset',
        deadLetterQueueUrl: 'dead-letter',
        ledgerTable: 'ledger',
        ledgerKeySecret: 'ledger key',
        stytchSecret: 'stytch',
        stytchBaseUrl: undefined,
        requestsPerSecond: settings.requestsPerSecond,
        callsInFlight: settings.callsInFlight,
        mostUnrecorded: settings.mostUnrecorded,
        callTimeoutMs: stage.stytchTimeoutSeconds * 1000,
        settleReserveMs: settings.settleReserveMs,
        retryHorizonMs: stage.retryHorizonHours * 3_600_000,
        ...config,
      },
      effects,
    )
  return seams.requireReset?.(create, world, environment) ?? create()
}
