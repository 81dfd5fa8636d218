import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Stage } from '../stage.ts'
import { createClients, endpointVariables, type LocalEndpoints } from './access.ts'
import type { Interceptor } from './aws-endpoint.ts'
import {
  type BeforeResponse,
  bootFunctions,
  bootMappings,
  bootQueues,
  bootSecrets,
  bootTables,
  defineLogGroups,
  type LocalQueue,
  type OnBatch,
} from './boot.ts'
import { resolveOutputs, startCloudFormation } from './cloudformation.ts'
import { startDynamoDb } from './dynamodb.ts'
import { type LocalEventBus, startEventBus } from './event-bus.ts'
import type { LocalFunction } from './lambda/function.ts'
import { startLambdaApi } from './lambda/lambda-api.ts'
import { startLogs } from './logs.ts'
import { startSecretsManager } from './secrets-manager.ts'
import { defineRoles, readSenderIds } from './sender-ids.ts'
import { type LocalSqs, startSqs } from './sqs/start-sqs.ts'
import type { Rates } from './stytch/gate.ts'
import {
  type StytchSimulator,
  type StytchSimulatorOptions,
  startStytchSimulator,
} from './stytch/simulator.ts'
import { synthesizeStage } from './synthesize-stage.ts'
import { createResolver, type Template } from './template.ts'

/** Boots the whole system of a stage on 127.0.0.1, from the template and the bundles that CDK would deploy. */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const cleanUp = createCleanUp()
  try {
    return await boot(options, cleanUp)
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

async function boot(options: LocalSystemOptions, cleanUp: CleanUp): Promise<LocalSystem> {
  const { stageName, stage, onLog = () => {} } = options
  const outputDirectory = await mkdtemp(path.join(tmpdir(), 'breach-reset-'))
  cleanUp.add(() => rm(outputDirectory, { recursive: true, force: true }))
  const synthesized = await synthesizeStage(stageName, stage, outputDirectory, options.signal)
  const { template } = synthesized

  const token = randomBytes(24).toString('hex')
  const services = await startServices({ ...options, token }, template, cleanUp)
  const { sqs, dynamoDB, inspector, secretsManager, bus, credentials, stytch, ofFunctions } = services

  const resolver = createResolver()
  defineRoles(template, resolver)
  const queues = await bootQueues(template, resolver, inspector)
  const tableNames = await bootTables(template, resolver, dynamoDB)
  const secrets = bootSecrets(template, resolver, secretsManager)
  const putStytchSecret = (latest: Credentials) =>
    secretsManager.put(findById(secrets, 'StytchSecret').arn, JSON.stringify(latest))
  putStytchSecret(credentials)
  const guards = { token, intercept: options.intercept }
  const logs = cleanUp.keep(await startLogs(defineLogGroups(template, resolver), guards))
  const functions = bootFunctions(synthesized, resolver, {
    // The simulator takes only test keys, whatever the stage is.
    environment: {
      ...endpointVariables(ofFunctions),
      STYTCH_BASE_URL: stytch.url,
      STYTCH_ENVIRONMENT: 'test',
    },
    sessionToken: token,
    onLog(line, logGroup) {
      logs.put(logGroup, line)
      onLog(line)
    },
    ...(options.beforeResponse && { beforeResponse: options.beforeResponse }),
  })
  const mappings = bootMappings(template, resolver, {
    ...{ sqs, queues, functions },
    ...(options.onBatch && { onBatch: options.onBatch }),
  })
  cleanUp.add(() => Promise.all([...mappings.values(), ...functions.values()].map((part) => part.stop())))
  const lambda = cleanUp.keep(await startLambdaApi(mappings, guards))
  const outputs = resolveOutputs(template, resolver)
  const stacks = { [`BreachReset-${stageName}`]: outputs }
  const cloudFormation = cleanUp.keep(await startCloudFormation(stacks, { token }))

  return {
    template,
    endpoints: {
      ...ofFunctions,
      cloudFormation: cloudFormation.endpoint,
      lambda: lambda.endpoint,
      logs: logs.endpoint,
    },
    token,
    sqs,
    dynamoDB,
    queues: nameQueues(queues, stage),
    inspector,
    functions: nameFunctions(functions, stage),
    stytch,
    credentials,
    putStytchSecret,
    ledger: { table: findById(tableNames, 'Ledger'), key: findById(secrets, 'LedgerKey').value },
    progress: { table: findById(tableNames, 'Progress') },
    bus,
    stop: cleanUp.run,
  }
}

/** The bus of a stage for outcome events. A local run has no bus of another CDK app. */
function busOf({ outcomes }: Stage): string | undefined {
  const eventBus = outcomes?.eventBus
  if (typeof eventBus === 'object')
    throw new Error('outcomes.eventBus must be a name or an ARN in a local run')
  return eventBus
}

/** Starts what is there before anything of the template is: AWS without resources, and Stytch without members. */
async function startServices(
  { stage, intercept, token, stytch: rates }: LocalSystemOptions & { token: string },
  template: Template,
  cleanUp: CleanUp,
) {
  const guards = { token, intercept }
  const toSenderId = readSenderIds(template)
  const inspector = cleanUp.keep(await startSqs({ ...guards, toSenderId }))
  const tables = cleanUp.keep(await startDynamoDb(guards))
  const secretsManager = cleanUp.keep(await startSecretsManager(guards))
  const bus = cleanUp.keep(await startEventBus({ eventBus: busOf(stage), ...guards }))
  const credentials = { project_id: `project-test-${randomUUID()}`, secret: `secret-test-${randomUUID()}` }
  const { project_id: projectId, secret } = credentials
  const stytch = cleanUp.keep(await startStytchSimulator({ ...rates, projectId, secret }))
  const ofFunctions = {
    sqs: inspector.endpoint,
    dynamoDB: tables.endpoint,
    secretsManager: secretsManager.endpoint,
    eventBridge: bus.endpoint,
  }
  const { sqs, dynamoDB } = createClients(ofFunctions, token)
  cleanUp.add(async () => {
    sqs.destroy()
    dynamoDB.destroy()
  })
  return { sqs, dynamoDB, inspector, secretsManager, bus, credentials, stytch, ofFunctions }
}

export type LocalSystemOptions = {
  stageName: string
  stage: Stage
  stytch?: Pick<StytchSimulatorOptions, keyof Rates | 'settings' | 'random'>
  /** Sees every request of the functions to SQS, DynamoDB, Secrets Manager and EventBridge, and may drop it or make it fail. */
  intercept?: Interceptor
  beforeResponse?: BeforeResponse
  onBatch?: OnBatch
  onLog?: (line: string) => void
  /** Ends the boot if it is aborted before the functions are bundled. */
  signal?: AbortSignal
}

export type LocalSystem = {
  template: Template
  endpoints: Required<LocalEndpoints>
  /** The session token of this run, without which no endpoint answers. */
  token: string
  sqs: SQSClient
  dynamoDB: DynamoDBClient
  /** `sessions` is undefined in a stage without end-sessions. */
  queues: Record<'breach' | 'reset' | 'deadLetter' | 'rehearsed', LocalQueue> & {
    sessions?: LocalQueue | undefined
  }
  /** The queues from the inside: depths, and messages without receiving them. */
  inspector: LocalSqs
  functions: Record<'fanOut' | 'requireReset', LocalFunction> & { endSessions?: LocalFunction | undefined }
  stytch: StytchSimulator
  credentials: Credentials
  /** Stores new credentials, as the operator does after rotating the key at Stytch. */
  putStytchSecret(credentials: Credentials): void
  ledger: { table: string; key: string }
  progress: { table: string }
  /** What the functions have sent; nothing in a stage without `outcomes`. */
  bus: Pick<LocalEventBus, 'events' | 'onEvent'>
  stop(): Promise<void>
}

type CleanUp = {
  add(task: () => Promise<unknown>): void
  /** Adds a part's stop() and returns the part. */
  keep<Part extends { stop(): Promise<unknown> }>(part: Part): Part
  /** Runs the tasks, last added first, once; later calls wait for the same run. */
  run(): Promise<void>
}

/** Collects what must be undone, so that a boot that fails half-way leaves nothing behind. */
export function createCleanUp(): CleanUp {
  const tasks: (() => Promise<unknown>)[] = []
  let running: Promise<void> | undefined

  async function runAll(): Promise<void> {
    for (const task of tasks.toReversed()) await task()
  }

  return {
    add: (task) => void tasks.push(task),
    keep: (part) => {
      tasks.push(() => part.stop())
      return part
    },
    run: () => {
      running ??= runAll()
      return running
    },
  }
}

/** The resource whose logical id is `constructId` and CDK's hash. Throws when there is none. */
function findById<Resource>(resources: ReadonlyMap<string, Resource>, constructId: string): Resource {
  const found = [...resources].find(([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '') === constructId)
  if (!found) throw new Error(`the template has no ${constructId}`)
  return found[1]
}

function nameQueues(queues: ReadonlyMap<string, LocalQueue>, { endSessions }: Stage): LocalSystem['queues'] {
  return {
    breach: findById(queues, 'BreachQueue'),
    reset: findById(queues, 'ResetQueue'),
    sessions: endSessions ? findById(queues, 'SessionsQueue') : undefined,
    deadLetter: findById(queues, 'DeadLetterQueue'),
    rehearsed: findById(queues, 'RehearsedQueue'),
  }
}

function nameFunctions(
  functions: ReadonlyMap<string, LocalFunction>,
  { endSessions }: Stage,
): LocalSystem['functions'] {
  return {
    fanOut: findById(functions, 'FanOut'),
    requireReset: findById(functions, 'RequireReset'),
    endSessions: endSessions ? findById(functions, 'EndSessions') : undefined,
  }
}
