import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { bootFunctions } from './boot-functions.ts'
import { bootMappings } from './boot-mappings.ts'
import { bootQueues } from './boot-queues.ts'
import { bootSecrets } from './boot-secrets.ts'
import { bootTables } from './boot-tables.ts'
import { createCleanUp } from './create-clean-up.ts'
import { createClients, endpointVariables } from './create-clients.ts'
import { createResolver } from './create-resolver.ts'
import { startDynamoDb } from './dynamodb/start-dynamodb.ts'
import { findById } from './find-by-id.ts'
import type { LocalSystem, LocalSystemOptions } from './local-system.ts'
import { startSecretsManager } from './secrets-manager/start-secrets-manager.ts'
import { startSqs } from './sqs/start-sqs.ts'
import { startStytchSimulator } from './stytch/start-stytch-simulator.ts'
import { synthesizeStage } from './synthesize-stage.ts'

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

async function boot(
  options: LocalSystemOptions,
  cleanUp: ReturnType<typeof createCleanUp>,
): Promise<LocalSystem> {
  const { stageName, stage, tap, onLog = () => {} } = options
  const outputDirectory = await mkdtemp(path.join(tmpdir(), 'breach-reset-'))
  cleanUp.add(() => rm(outputDirectory, { recursive: true, force: true }))
  const synthesized = synthesizeStage(stageName, stage, outputDirectory)
  const { template } = synthesized

  const taps = tap ? { tap } : {}
  const inside = cleanUp.keep(await startSqs(taps))
  const tables = cleanUp.keep(await startDynamoDb(taps))
  const secretsManager = cleanUp.keep(await startSecretsManager(taps))
  const credentials = { project_id: `project-test-${randomUUID()}`, secret: `secret-test-${randomUUID()}` }
  const stytch = cleanUp.keep(
    await startStytchSimulator({
      ...options.stytch,
      projectId: credentials.project_id,
      secret: credentials.secret,
    }),
  )
  const endpoints = {
    sqs: inside.endpoint,
    dynamoDB: tables.endpoint,
    secretsManager: secretsManager.endpoint,
  }
  const { sqs, dynamoDB } = createClients(endpoints)
  cleanUp.add(async () => {
    sqs.destroy()
    dynamoDB.destroy()
  })

  const resolver = createResolver()
  const queues = await bootQueues(template, resolver, inside)
  const ledgerTable = findById(await bootTables(template, resolver, dynamoDB), 'Ledger')
  const secrets = bootSecrets(template, resolver, secretsManager)
  const putStytchSecret = (latest: Credentials) =>
    secretsManager.put(findById(secrets, 'StytchSecret').arn, JSON.stringify(latest))
  putStytchSecret(credentials)
  const functions = bootFunctions(synthesized, resolver, {
    environment: { ...endpointVariables(endpoints), STYTCH_BASE_URL: stytch.url },
    onLog,
    ...(options.beforeResponse && { beforeResponse: options.beforeResponse }),
  })
  const mappings = bootMappings(template, resolver, {
    ...{ sqs, queues, functions },
    ...(options.onBatch && { onBatch: options.onBatch }),
  })
  cleanUp.add(() => Promise.all([mappings, ...functions.values()].map((part) => part.stop())))

  return {
    template,
    endpoints,
    sqs,
    dynamoDB,
    queues: {
      breach: findById(queues, 'BreachQueue'),
      reset: findById(queues, 'ResetQueue'),
      deadLetter: findById(queues, 'DeadLetterQueue'),
    },
    inside,
    functions: { fanOut: findById(functions, 'FanOut'), requireReset: findById(functions, 'RequireReset') },
    stytch,
    credentials,
    putStytchSecret,
    ledger: { table: ledgerTable, key: findById(secrets, 'LedgerKey').value },
    stop: cleanUp.run,
  }
}
