import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Architecture, Code, LoggingFormat, RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda'
import {
  LogLevel,
  NodejsFunction,
  type NodejsFunctionProps,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Settings } from './derive-settings.ts'
import type { Queues } from './queues.ts'
import { textOf } from './setting-types.ts'
import type { Stage } from './stage.ts'
import { removalPolicyOf, type Secrets } from './storage.ts'
import { joinVpc, networkOf } from './vpc.ts'

export interface Functions {
  /** Reads the breach queue: checks, admits and splits events. */
  readonly fanOut: NodejsFunction
  /** Reads the reset queue: decides, calls Stytch, records. */
  readonly requireReset: NodejsFunction
  /** Reads the sessions queue: ends sessions and reads that back. Undefined with `endSessions: false`. */
  readonly endSessions: NodejsFunction | undefined
}

/** The functions, with the environment variables that their config.ts reads. */
export function createFunctions(scope: Construct, parts: Parts): Functions {
  const { stage, settings, key, queues, quota } = parts
  const network = networkOf(scope, stage)
  const fanOut = createFunction(scope, 'FanOut', {
    ...{ folder: 'fan-out', stage, key, ...network },
    environment: {
      ...variablesOfAll(parts),
      RESET_QUEUE_URL: queues.reset.queueUrl,
      ...(stage.mode === 'dry_run' && { REHEARSED_QUEUE_URL: queues.rehearsed.queueUrl }),
      MAX_MEMBERS_PER_EVENT: String(stage.maxMembersPerEvent),
      ...(stage.maxMembersPerHour && { MAX_MEMBERS_PER_HOUR: String(stage.maxMembersPerHour) }),
      MEMBERS_PER_MESSAGE: String(settings.membersPerMessage),
      MESSAGES_AT_ONCE: String(settings.messagesAtOnce),
      ...(stage.sources && { SOURCES: JSON.stringify(stage.sources) }),
      ...(quota && { QUOTA_TABLE: quota.tableName }),
    },
  })
  const requireReset = createFunction(scope, 'RequireReset', {
    ...{ folder: 'require-reset', stage, key, ...network },
    // It sends deferred members to its own queue. AWS would stop that after 16 rounds; here the retry horizon does.
    recursiveLoop: RecursiveLoop.ALLOW,
    ...(stage.reservedConcurrency && { reservedConcurrentExecutions: stage.reservedConcurrency }),
    environment: {
      ...variablesOfSteps(parts),
      RESET_QUEUE_URL: queues.reset.queueUrl,
      ...(queues.sessions && { SESSIONS_QUEUE_URL: queues.sessions.queueUrl }),
      STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
      STYTCH_CALLS_IN_FLIGHT: String(settings.callsInFlight),
      MAX_UNRECORDED: String(settings.maxUnrecorded),
    },
  })
  return { fanOut, requireReset, endSessions: createEndSessions(scope, parts, network) }
}

/** Those that the stage has. */
export function everyFunction({ fanOut, requireReset, endSessions }: Functions): NodejsFunction[] {
  return endSessions ? [fanOut, requireReset, endSessions] : [fanOut, requireReset]
}

type Parts = {
  stageName: string
  stage: Stage
  settings: Settings
  key: IKey
  queues: Queues
  ledger: Table
  progress: Table
  secrets: Secrets
  quota: Table | undefined
}

/** What every function reads. */
function variablesOfAll({ stageName, stage, queues, progress }: Parts) {
  return {
    STAGE: stageName,
    MODE: stage.mode,
    DEAD_LETTER_QUEUE_URL: queues.deadLetter.queueUrl,
    PROGRESS_TABLE: progress.tableName,
    ...(stage.outcomes && { OUTCOME_BUS: textOf(stage.outcomes.eventBus, 'eventBusArn') }),
  }
}

/** What every function reads that calls Stytch. */
function variablesOfSteps(parts: Parts) {
  const { stage, settings, ledger, secrets } = parts
  return {
    ...variablesOfAll(parts),
    LEDGER_TABLE: ledger.tableName,
    LEDGER_KEY_SECRET: secrets.ledgerKey.secretArn,
    STYTCH_SECRET: secrets.stytchSecret.secretArn,
    STYTCH_ENVIRONMENT: stage.stytchEnvironment,
    FUNCTION_TIMEOUT_MS: String(stage.functionTimeout.toMilliseconds()),
    STYTCH_TIMEOUT_MS: String(stage.stytchTimeout.toMilliseconds()),
    SETTLE_RESERVE_MS: String(settings.settleReserveMs),
    RETRY_HORIZON_HOURS: String(stage.retryHorizon.toHours()),
  }
}

function createEndSessions(
  scope: Construct,
  parts: Parts,
  network: ReturnType<typeof networkOf>,
): NodejsFunction | undefined {
  const { stage, key, queues, settings } = parts
  if (!queues.sessions || !settings.sessions) return undefined
  const { searchesPerMinute, revocationsPerSecond, readBacksPerSecond, callsInFlight } = settings.sessions
  return createFunction(scope, 'EndSessions', {
    ...{ folder: 'end-sessions', stage, key, ...network },
    // As require-reset.
    recursiveLoop: RecursiveLoop.ALLOW,
    environment: {
      ...variablesOfSteps(parts),
      SESSIONS_QUEUE_URL: queues.sessions.queueUrl,
      STYTCH_SEARCHES_PER_MINUTE: String(searchesPerMinute),
      STYTCH_REVOCATIONS_PER_SECOND: String(revocationsPerSecond),
      STYTCH_READ_BACKS_PER_SECOND: String(readBacksPerSecond),
      STYTCH_CALLS_IN_FLIGHT: String(callsInFlight),
    },
  })
}

/** One function, `functions/<folder>/handler.ts`, with its own role and log group. */
function createFunction(
  scope: Construct,
  id: string,
  { folder, stage, key, ...props }: { folder: string; stage: Stage; key: IKey } & NodejsFunctionProps,
): NodejsFunction {
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: stage.logRetention,
    encryptionKey: key,
    removalPolicy: removalPolicyOf(stage),
  })
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  const lambda = new NodejsFunction(scope, id, {
    ...codeOf(folder, scope.node.tryGetContext(BUNDLES_CONTEXT)),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: stage.functionTimeout,
    memorySize: stage.memorySize,
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    role,
    ...props,
  })
  joinVpc(stage, lambda)
  return lambda
}

const ROOT = path.join(import.meta.dirname, '..')
const CREDENTIALS = path.join(import.meta.dirname, 'bundling', 'credential-provider-node.ts')

/** The context key of a folder with bundles made before, by the folders of their functions. Tests make each bundle once. */
export const BUNDLES_CONTEXT = 'breach-reset:bundles'

/** The code of a function: bundled from the source in this repository or, in the package, which holds no TypeScript, the bundle made from it. */
export function codeOf(folder: string, bundles = path.join(ROOT, 'bundles')): NodejsFunctionProps {
  const bundle = path.join(bundles, folder)
  if (existsSync(bundle)) return { code: Code.fromAsset(bundle), handler: 'index.handler' }
  return {
    entry: path.join(ROOT, 'functions', folder, 'handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: path.join(ROOT, 'package-lock.json'),
    bundling: {
      minify: true,
      format: OutputFormat.CJS,
      target: 'node24',
      externalModules: [],
      // Where a package of the AWS SDK has both, its ES modules: then only what is used ends up in the bundle.
      mainFields: ['module', 'main'],
      esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': CREDENTIALS },
      logLevel: LogLevel.WARNING,
      // CDK starts esbuild by npx, whose spinner moves the cursor.
      environment: { npm_config_progress: 'false' },
    },
  }
}
