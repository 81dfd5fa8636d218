import { Duration, Stack, Token } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { AnyPrincipal, Effect, Grant, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { IConstruct } from 'constructs'
import type { Settings } from './derive-settings.ts'
import { everyFunction, type Functions } from './functions.ts'
import type { Queues } from './queues.ts'
import { textOf } from './setting-types.ts'
import type { Stage } from './stage.ts'
import type { Secrets } from './storage.ts'

/** What the functions work on. */
type Resources = {
  key: IKey
  queues: Queues
  ledger: Table
  progress: Table
  secrets: Secrets
  quota: Table | undefined
}

/** The ids of the event source mappings, by which a function can be paused. */
export interface Mappings {
  /** Of fan-out, on the breach queue. */
  readonly fanOut: string
  /** Of require-reset, on the reset queue. */
  readonly requireReset: string
  /** Of end-sessions, on the sessions queue. Undefined with `endSessions: false`. */
  readonly endSessions: string | undefined
}

/** Connects each function to the queue it reads, and grants it what its steps need and nothing else. */
export function connectFunctions(
  { fanOut, requireReset, endSessions }: Functions,
  { stage, settings, ...resources }: Resources & { stage: Stage; settings: Settings },
): Mappings {
  const { breach, reset, sessions } = resources.queues
  const reading = {
    batchSize: settings.recordsPerBatch,
    maxConcurrency: stage.maximumConcurrency,
    reportBatchItemFailures: true,
  }
  const mappings = {
    fanOut: readQueue(fanOut, breach, reading),
    requireReset: readQueue(requireReset, reset, reading),
  }
  letOnlySend([fanOut, requireReset], reset)
  const functions = { fanOut, requireReset, endSessions }
  grantData(functions, resources)
  if (stage.mode === 'dry_run') resources.queues.rehearsed.grant(fanOut, 'sqs:SendMessage')
  grantProgress(functions, resources.progress, stage)
  if (!endSessions || !sessions || !settings.sessions) return { ...mappings, endSessions: undefined }
  const { recordsPerBatch, windowSeconds, concurrency } = settings.sessions
  letOnlySend([requireReset, endSessions], sessions)
  const readingSessions = {
    ...reading,
    batchSize: recordsPerBatch,
    maxBatchingWindow: Duration.seconds(windowSeconds),
    maxConcurrency: concurrency,
  }
  return { ...mappings, endSessions: readQueue(endSessions, sessions, readingSessions) }
}

/** Connects a function to a queue. Returns the id of the event source mapping. */
function readQueue(lambda: NodejsFunction, queue: Queue, props: SqsEventSourceProps): string {
  const source = new SqsEventSource(queue, props)
  lambda.addEventSource(source)
  return source.eventSourceMappingId
}

/** Lets these two functions send to a work queue, and denies it to every other principal, whatever its own policies allow. */
function letOnlySend(senders: readonly [NodejsFunction, NodejsFunction], queue: Queue): void {
  for (const sender of senders) queue.grant(sender, 'sqs:SendMessage')
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheTwoFunctionsSend',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': senders.map(({ role }) => role?.roleArn) },
      },
    }),
  )
}

/** What using an encrypted table takes, without a wildcard. */
const USE_KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
]

/** To read who is covered, to record, and to compare the key with the one this ledger was started with. */
const USE_LEDGER = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
]

const READ_SECRET = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']

function grantData(
  { fanOut, requireReset, endSessions }: Functions,
  { key, queues, ledger, secrets, quota }: Resources,
): void {
  quota?.grant(fanOut, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  ledger.grant(requireReset, ...USE_LEDGER, 'dynamodb:UpdateItem')
  if (endSessions) ledger.grant(endSessions, ...USE_LEDGER)
  const steps = endSessions ? [requireReset, endSessions] : [requireReset]
  // Not by `grantRead`, which would name the role in the policy of the key: a key of another stack of the app can't depend on it.
  for (const grantee of steps) {
    for (const { secretArn } of [secrets.ledgerKey, secrets.stytchSecret])
      Grant.addToPrincipal({ grantee, actions: READ_SECRET, resourceArns: [secretArn] })
  }
  for (const each of [fanOut, ...steps]) {
    key.grant(each, ...USE_KEY)
    queues.deadLetter.grant(each, 'sqs:SendMessage')
  }
}

/** Lets the functions add facts and read those of one event, and send outcome events if the stage has a bus for them. */
function grantProgress(functions: Functions, progress: Table, { outcomes }: Stage): void {
  for (const grantee of everyFunction(functions)) {
    // Not by `progress.grant`, which would add every index of the table.
    const actions = ['dynamodb:PutItem', 'dynamodb:Query']
    Grant.addToPrincipal({ grantee, actions, resourceArns: [progress.tableArn] })
    if (!outcomes) continue
    const resourceArns = [arnOfBus(progress, outcomes.eventBus)]
    Grant.addToPrincipal({ grantee, actions: ['events:PutEvents'], resourceArns })
  }
}

/** The ARN of an event bus, which a stage may name by it or by its name. */
function arnOfBus(scope: IConstruct, given: IEventBus | string): string {
  const eventBus = textOf(given, 'eventBusArn')
  if (Token.isUnresolved(eventBus) || eventBus.startsWith('arn:')) return eventBus
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBus })
}
