import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Config as EndConfig } from '../../../functions/end-sessions/config.ts'
import { endSessionsBatch } from '../../../functions/end-sessions/end-sessions-batch.ts'
import {
  createEnvironment as createEndEnvironment,
  type Effects as EndEffects,
  type Environment as EndEnvironment,
} from '../../../functions/end-sessions/environment.ts'
import { type Environment as FanOutEffects, fanOutBatch } from '../../../functions/fan-out/fan-out-batch.ts'
import type { Config } from '../../../functions/require-reset/config.ts'
import {
  createEnvironment as createResetEnvironment,
  type Effects,
  type Environment as ResetEnvironment,
} from '../../../functions/require-reset/environment.ts'
import { resetBatch } from '../../../functions/require-reset/reset-batch.ts'
import type { SessionsSettings } from '../../../infra/derive-sessions.ts'
import { readEnded, writeEnded } from '../../../lib/ledger/ended-sessions.ts'
import { readRows, writeResets, writeUncertain } from '../../../lib/ledger/ledger.ts'
import { checkSentinel } from '../../../lib/ledger/sentinel.ts'
import { sendToBus } from '../../../lib/progress/event-bus.ts'
import type { ProgressEffects } from '../../../lib/progress/keep-facts.ts'
import { putFact, readRun } from '../../../lib/progress/progress-table.ts'
import { sendMessages } from '../../../lib/queue/send-messages.ts'
import { consumeQuota } from '../../../lib/quota/hourly-quota.ts'
import type { StepEffects } from '../../../lib/step/environment.ts'
import type { Step } from '../scenario/faults.ts'
import { isHourly } from '../scenario/scenario.ts'
import { createReadSecret, createRecorder, type Environment, type OnMeasure } from './environment.ts'
import type { Role } from './journal.ts'
import { createLedgerClient } from './ledger.ts'
import { asDynamoDB, createBusClient, createProgressClient } from './progress.ts'
import { createQueueClient } from './queue.ts'
import { createQuotaClient } from './quota.ts'
import { createAskClient, createResetClient } from './stytch-client.ts'
import type { World } from './world.ts'

const PROGRESS_CONFIG = { progressTable: 'progress', outcomeBus: 'bus' }

/** What keeps facts, wired as in lib/progress/effects.ts. */
function createProgressEffects(
  world: World,
  environment: Environment,
  role: Role,
  seams: Seams,
): ProgressEffects {
  const client: Client = { send: createProgressClient(world, environment) }
  const bus: Client = { send: createBusClient(world, environment) }
  const table = { dynamoDB: asDynamoDB(seams.progressTable?.(client) ?? client), table: 'progress' }
  const eventBridge = (seams.bus?.(bus) ?? bus) as unknown as EventBridgeClient
  const real: ProgressEffects = {
    putFact: (fact, settlement) => putFact(table, fact, settlement),
    readRun: (event, run) => readRun(table, event, run),
    sendOutcomes: world.scenario.hasBus
      ? (events) => sendToBus({ eventBridge, eventBus: PROGRESS_CONFIG.outcomeBus }, events)
      : undefined,
  }
  return seams.progress?.(real, { world, environment, role }) ?? real
}

/** Starts fan-out in a new execution environment, wired as in its handler.ts. */
export function bootFanOut(world: World, environment: Environment, seams: Seams): Handle {
  const { timeline, deployment } = world
  const client: Client = { send: createQueueClient(world, environment, 'fan-out') }
  const sqs = (seams.sqs?.(client, world, environment) ?? client) as unknown as SQSClient
  const quotaClient: Client = { send: createQuotaClient(world, environment) }
  const dynamoDB = (seams.quota?.(quotaClient) ?? quotaClient) as unknown as DynamoDBClient
  const random = () => world.random.next(`random ${environment.name}`)
  const waiting = (step: Step) => ({ sleep: environment.sleepAt(step), random })
  const sending = { sqs, ...waiting('wait to send again') }
  const quota = { dynamoDB, table: 'quota', now: timeline.now, ...waiting('wait to count again') }
  const real: FanOutEffects = {
    config: {
      stage: 'simulation',
      mode: world.mode(),
      rehearsedQueueUrl: world.mode() === 'dry_run' ? 'rehearsed' : undefined,
      resetQueueUrl: 'reset',
      deadLetterQueueUrl: 'dead-letter',
      maxMembersPerEvent: deployment.stage.maxMembersPerEvent,
      maxMembersPerHour: deployment.stage.maxMembersPerHour,
      membersPerMessage: deployment.settings.membersPerMessage,
      messagesAtOnce: deployment.settings.messagesAtOnce,
      sources: deployment.stage.sources,
      quotaTable: isHourly(deployment.stage) ? 'quota' : '',
      ...PROGRESS_CONFIG,
    },
    sendMessages: (url, messages) => sendMessages(sending, url, messages),
    consumeQuota: (...counted) => consumeQuota(quota, ...counted),
    observe: createRecorder(world, environment, seams.onMeasure),
    now: timeline.now,
    ...createProgressEffects(world, environment, 'fan-out', seams),
    monotonic: environment.monotonic,
    sleep: environment.sleepAt(),
    random,
  }
  const effects = seams.fanOutEffects?.(real, world) ?? real
  const create = (): Handle => (event, remainingMs) => fanOutBatch(effects, event, remainingMs)
  return seams.fanOut?.(create, world, environment) ?? create()
}

/** What every step has, wired as in lib/step/lambda.ts. */
function createStepEffects(
  world: World,
  environment: Environment,
  role: 'require-reset' | 'end-sessions',
  seams: Seams,
) {
  const queueClient: Client = { send: createQueueClient(world, environment, role) }
  const ledgerClient: Client = { send: createLedgerClient(world, environment, role) }
  const sqs = (seams.sqs?.(queueClient, world, environment) ?? queueClient) as unknown as SQSClient
  const dynamoDB = (seams.dynamoDB?.(ledgerClient, world, environment) ??
    ledgerClient) as unknown as DynamoDBClient
  const random = () => world.random.next(`random ${environment.name}`)
  const waiting = (step: Step) => ({ sleep: environment.sleepAt(step), random })
  const ledger = { dynamoDB, table: 'ledger' }
  const begin = world.mode() === 'enforce'
  const effects: Omit<StepEffects, 'readSecret' | 'sleep' | 'random'> = {
    ...createProgressEffects(world, environment, role, seams),
    now: environment.now,
    monotonic: environment.monotonic,
    observe: createRecorder(world, environment, seams.onMeasure),
    sendMessages: (url, messages) => sendMessages({ sqs, ...waiting('wait to send again') }, url, messages),
    checkSentinel: (...keys) => checkSentinel({ ...ledger, begin }, ...keys),
  }
  return { waiting, ledger, effects }
}

/** Starts require-reset in a new execution environment, wired as in its handler.ts. */
export function bootRequireReset(world: World, environment: Environment, seams: Seams): Handle {
  const { settings } = world.deployment
  const { waiting, ledger, effects: common } = createStepEffects(world, environment, 'require-reset', seams)
  const real: Effects = {
    ...common,
    ...waiting('wait'),
    requireReset: createResetClient(world, environment),
    readRows: (people) => readRows({ ...ledger, ...waiting('wait to read again') }, people),
    writeResets: (rows) => writeResets({ ...ledger, ...waiting('wait to write again') }, rows),
    writeUncertain: (call) => writeUncertain(ledger, call),
    readSecret: createReadSecret(world, environment, 'read secret'),
  }
  const effects = seams.resetEffects?.(real, world, environment) ?? real
  const create = (config: Partial<Config> = {}): Handle => {
    const fresh = createResetEnvironment(
      {
        ...stepConfig(world),
        resetQueueUrl: 'reset',
        sessionsQueueUrl: settings.sessions && 'sessions',
        requestsPerSecond: settings.requestsPerSecond,
        callsInFlight: settings.callsInFlight,
        maxUnrecorded: settings.maxUnrecorded,
        ...config,
      },
      effects,
    )
    const resetEnvironment = seams.resetEnvironment?.(fresh) ?? fresh
    return (event, remainingMs) => resetBatch(resetEnvironment, event, remainingMs)
  }
  return seams.requireReset?.(create, world, environment) ?? create()
}

/** Starts end-sessions in a new execution environment, wired as in its handler.ts. */
export function bootEndSessions(
  world: World,
  environment: Environment,
  sessions: SessionsSettings,
  seams: Seams,
): Handle {
  const { waiting, ledger, effects: common } = createStepEffects(world, environment, 'end-sessions', seams)
  const real: EndEffects = {
    ...common,
    ...waiting('wait for sessions'),
    askStytch: createAskClient(world, environment),
    readEnded: (people) => readEnded({ ...ledger, ...waiting('wait to read again') }, people),
    writeEnded: (rows) => writeEnded({ ...ledger, ...waiting('wait to write again') }, rows),
    readSecret: createReadSecret(world, environment, 'read secret for sessions'),
  }
  const effects = seams.endEffects?.(real, world, environment) ?? real
  const create = (config: Partial<EndConfig> = {}): Handle => {
    const fresh = createEndEnvironment(
      {
        ...stepConfig(world),
        sessionsQueueUrl: 'sessions',
        callsInFlight: sessions.callsInFlight,
        searchesPerMinute: sessions.searchesPerMinute,
        revocationsPerSecond: sessions.revocationsPerSecond,
        readBacksPerSecond: sessions.readBacksPerSecond,
        ...config,
      },
      effects,
    )
    const endEnvironment = seams.endEnvironment?.(fresh) ?? fresh
    return (event, remainingMs) => endSessionsBatch(endEnvironment, event, remainingMs)
  }
  return seams.endSessions?.(create, world, environment) ?? create()
}

function stepConfig({ deployment, mode }: World) {
  const { stage, settings } = deployment
  return {
    stage: 'simulation',
    mode: mode(),
    deadLetterQueueUrl: 'dead-letter',
    ledgerTable: 'ledger',
    ...PROGRESS_CONFIG,
    ledgerKeySecret: 'ledger key',
    stytchSecret: 'stytch',
    stytchEnvironment: 'test' as const,
    stytchBaseUrl: undefined,
    functionTimeoutMs: stage.functionTimeout.toMilliseconds(),
    callTimeoutMs: stage.stytchTimeout.toMilliseconds(),
    settleReserveMs: settings.settleReserveMs,
    retryHorizonMs: stage.retryHorizon.toMilliseconds(),
  }
}

export type Client = { send: (command: unknown) => Promise<unknown> }
export type Handle = (event: SQSEvent, remainingMs: number) => Promise<SQSBatchResponse>

/** Where a bug can be planted between the functions and their effects, without touching their code. */
export type Seams = {
  onMeasure?: OnMeasure
  sqs?: (client: Client, world: World, environment: Environment) => Client
  dynamoDB?: (client: Client, world: World, environment: Environment) => Client
  quota?: (client: Client) => Client
  progressTable?: (client: Client) => Client
  bus?: (client: Client) => Client
  /** Of every function. */
  progress?: (
    effects: ProgressEffects,
    context: { world: World; environment: Environment; role: Role },
  ) => ProgressEffects
  fanOutEffects?: (effects: FanOutEffects, world: World) => FanOutEffects
  resetEffects?: (effects: Effects, world: World, environment: Environment) => Effects
  resetEnvironment?: (fresh: ResetEnvironment) => ResetEnvironment
  /** `create` returns the handler of an environment that remembers nothing yet. */
  fanOut?: (create: () => Handle, world: World, environment: Environment) => Handle
  requireReset?: (
    create: (config?: Partial<Config>) => Handle,
    world: World,
    environment: Environment,
  ) => Handle
  /** Whose letters the operator believes, by their sender ids. */
  believed?: ReadonlySet<string>
  endEffects?: (effects: EndEffects, world: World, environment: Environment) => EndEffects
  endEnvironment?: (fresh: EndEnvironment) => EndEnvironment
  endSessions?: (
    create: (config?: Partial<EndConfig>) => Handle,
    world: World,
    environment: Environment,
  ) => Handle
}
