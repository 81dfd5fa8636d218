import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Config as FanOutConfig } from '../../../functions/fan-out/config.ts'
import { fanOutBatch } from '../../../functions/fan-out/fan-out-batch.ts'
import type { Config } from '../../../functions/require-reset/config.ts'
import {
  createEnvironment as createResetEnvironment,
  type Effects,
} from '../../../functions/require-reset/environment.ts'
import { resetBatch } from '../../../functions/require-reset/reset-batch.ts'
import { checkSentinel, readResets, writeRows } from '../../../lib/ledger/ledger.ts'
import { type SendMessages, sendMessages } from '../../../lib/queue/send-messages.ts'
import { type ConsumeQuota, consumeQuota } from '../../../lib/quota/hourly-quota.ts'
import type { Step } from '../scenario/faults.ts'
import { createReadSecret, createRecorder, type Environment, type OnMeasure } from './environment.ts'
import { createLedgerClient } from './ledger.ts'
import { createQueueClient } from './queue.ts'
import { createQuotaClient } from './quota.ts'
import { createStytchClient } from './stytch.ts'
import type { World } from './world.ts'

/** fan-out in a new execution environment, wired as its handler.ts does it. */
export function bootFanOut(world: World, environment: Environment, seams: Seams): Handle {
  const { timeline, deployment } = world
  const client: Client = { send: createQueueClient(world, environment, 'fan-out') }
  const sqs = (seams.sqs?.(client, world, environment) ?? client) as unknown as SQSClient
  const quotaClient: Client = { send: createQuotaClient(world, environment) }
  const dynamoDB = (seams.quota?.(quotaClient) ?? quotaClient) as unknown as DynamoDBClient
  const random = () => world.random.next(`random ${environment.name}`)
  const sending = { sqs, sleep: environment.sleepAt('wait to send again'), random }
  const send: SendMessages = (url, messages) => sendMessages(sending, url, messages)
  const sleep = environment.sleepAt('wait to count again')
  const quota = { dynamoDB, table: 'quota', now: timeline.now, sleep, random }
  const count: ConsumeQuota = (...counted) => consumeQuota(quota, ...counted)
  const observe = createRecorder(world, environment, seams.onMeasure)
  const config: FanOutConfig = {
    stage: 'simulation',
    resetQueueUrl: 'reset',
    deadLetterQueueUrl: 'dead-letter',
    maxMembersPerEvent: deployment.stage.maxMembersPerEvent,
    membersPerMessage: deployment.settings.membersPerMessage,
    messagesAtOnce: deployment.settings.messagesAtOnce,
    sources: deployment.stage.sources,
    quotaTable: 'quota',
  }
  const create = (): Handle => {
    const fanOut = {
      config: seams.fanOutConfig?.(config) ?? config,
      sendMessages: seams.fanOutSends?.(send, world) ?? send,
      consumeQuota: seams.consumeQuota?.(count, world) ?? count,
      observe,
      now: timeline.now,
    }
    return (event) => fanOutBatch(fanOut, event)
  }
  return seams.fanOut?.(create, world, environment) ?? create()
}

/** require-reset in a new execution environment, wired as its handler.ts does it. */
export function bootRequireReset(world: World, environment: Environment, seams: Seams): Handle {
  const { timeline, deployment } = world
  const { stage, settings } = deployment
  const queueClient: Client = { send: createQueueClient(world, environment, 'require-reset') }
  const ledgerClient: Client = { send: createLedgerClient(world, environment) }
  const sqs = (seams.sqs?.(queueClient, world, environment) ?? queueClient) as unknown as SQSClient
  const dynamoDB = (seams.dynamoDB?.(ledgerClient, world, environment) ??
    ledgerClient) as unknown as DynamoDBClient
  const random = () => world.random.next(`random ${environment.name}`)
  const waiting = (step: Step) => ({ sleep: environment.sleepAt(step), random })
  const ledger = { dynamoDB, table: 'ledger' }
  const real: Effects = {
    ...waiting('wait'),
    now: timeline.now,
    observe: createRecorder(world, environment, seams.onMeasure),
    requireReset: createStytchClient(world, environment),
    sendMessages: (url, messages) => sendMessages({ sqs, ...waiting('wait to send again') }, url, messages),
    readResets: (people) => readResets({ ...ledger, ...waiting('wait to read again') }, people),
    writeRows: (rows) => writeRows({ ...ledger, ...waiting('wait to write again') }, rows),
    checkSentinel: (ledgerKey) => checkSentinel({ ...ledger, begin: stage.mode === 'enforce' }, ledgerKey),
    readSecret: createReadSecret(world, environment),
  }
  const effects = seams.resetEffects?.(real, world, environment) ?? real
  const create = (config: Partial<Config> = {}): Handle => {
    const resetEnvironment = createResetEnvironment(
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
        maxUnrecorded: settings.maxUnrecorded,
        callTimeoutMs: stage.stytchTimeoutSeconds * 1000,
        settleReserveMs: settings.settleReserveMs,
        retryHorizonMs: stage.retryHorizonHours * 3_600_000,
        ...config,
      },
      effects,
    )
    return (event, remainingMs) => resetBatch(resetEnvironment, event, remainingMs)
  }
  return seams.requireReset?.(create, world, environment) ?? create()
}

export type Client = { send: (command: unknown) => Promise<unknown> }
export type Handle = (event: SQSEvent, remainingMs: number) => Promise<SQSBatchResponse>

/** Where a deliberate bug can be put between the functions and their effects, without touching their code. */
export type Seams = {
  onMeasure?: OnMeasure
  sqs?: (client: Client, world: World, environment: Environment) => Client
  dynamoDB?: (client: Client, world: World, environment: Environment) => Client
  quota?: (client: Client) => Client
  consumeQuota?: (count: ConsumeQuota, world: World) => ConsumeQuota
  fanOutConfig?: (config: FanOutConfig) => FanOutConfig
  fanOutSends?: (send: SendMessages, world: World) => SendMessages
  resetEffects?: (effects: Effects, world: World, environment: Environment) => Effects
  /** `create` makes the handler of an environment that has remembered nothing yet. */
  fanOut?: (create: () => Handle, world: World, environment: Environment) => Handle
  requireReset?: (
    create: (config?: Partial<Config>) => Handle,
    world: World,
    environment: Environment,
  ) => Handle
}
