import { randomBytes, randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { createTable } from './dynamodb.ts'
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from './lambda/event-source-mapping.ts'
import { type LocalFunction, startFunction } from './lambda/function.ts'
import type { LocalSecretsManager } from './secrets-manager.ts'
import type { LocalSqs } from './sqs/start-sqs.ts'
import type { Synthesized } from './synthesize-stage.ts'
import { type Resolver, resourcesOf, type Template } from './template.ts'

const QueueSchema = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  DelaySeconds: z.number().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
})

/** Encryption at rest makes no difference in memory. */
const IGNORED_OF_QUEUES = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']

export type LocalQueue = { url: string; arn: string }

/** Creates the template's queues with their settings, those without a dead-letter queue first. Returns them by logical id. */
export async function bootQueues(
  template: Template,
  resolver: Resolver,
  sqs: LocalSqs,
): Promise<Map<string, LocalQueue>> {
  const booted = new Map<string, LocalQueue>()
  const bootAll = async (Resources: Template['Resources']) => {
    for (const [logicalId, properties] of resourcesOf(
      { Resources },
      resolver,
      'AWS::SQS::Queue',
      QueueSchema,
      IGNORED_OF_QUEUES,
    )) {
      const queue = await sqs.createQueue(logicalId, toAttributes(properties))
      resolver.define(logicalId, { ref: queue.url, attributes: { Arn: queue.arn, QueueName: logicalId } })
      booted.set(logicalId, queue)
    }
  }
  const [redriving, others] = partition(template.Resources)
  await bootAll(others)
  await bootAll(redriving)
  return booted
}

/** The resources with a redrive policy, and the others. */
function partition(resources: Template['Resources']): [Template['Resources'], Template['Resources']] {
  const redrives = ([, { Properties }]: [string, { Properties?: unknown }]) =>
    typeof Properties === 'object' && Properties !== null && 'RedrivePolicy' in Properties
  const entries = Object.entries(resources)
  return [
    Object.fromEntries(entries.filter(redrives)),
    Object.fromEntries(entries.filter((entry) => !redrives(entry))),
  ]
}

function toAttributes(properties: z.infer<typeof QueueSchema>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  const present = Object.entries(properties).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present.map(([name, value]) => [name, text(value)]))
}

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))

const TableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema,
        Projection: z.strictObject({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY']) }),
      }),
    )
    .optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
})

/** Encryption at rest, backups, protection from deletion by CloudFormation, and rows that expire only after days. */
const IGNORED_OF_TABLES = [
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'DeletionProtectionEnabled',
  'TimeToLiveSpecification',
]

/** Creates the template's tables, named by their logical ids. Returns the names by logical id. */
export async function bootTables(
  template: Template,
  resolver: Resolver,
  dynamoDB: DynamoDBClient,
): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::DynamoDB::Table',
    TableSchema,
    IGNORED_OF_TABLES,
  )) {
    await createTable(dynamoDB, { TableName: logicalId, ...properties })
    resolver.define(logicalId, { ref: logicalId })
    names.set(logicalId, logicalId)
  }
  return names
}

const SecretSchema = z.object({
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.object({ PasswordLength: z.number() }).optional(),
})

/** Encryption at rest. */
const IGNORED_OF_SECRETS = ['KmsKeyId']

type LocalSecret = { arn: string; value: string }

/** Creates the template's secrets with their initial or generated values. Returns them by logical id. */
export function bootSecrets(
  template: Template,
  resolver: Resolver,
  secretsManager: LocalSecretsManager,
): Map<string, LocalSecret> {
  const secrets = new Map<string, LocalSecret>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::SecretsManager::Secret',
    SecretSchema,
    IGNORED_OF_SECRETS,
  )) {
    const length = properties.GenerateSecretString?.PasswordLength ?? 32
    const value = properties.SecretString ?? randomBytes(length).toString('hex').slice(0, length)
    const arn = secretsManager.put(logicalId, value)
    resolver.define(logicalId, { ref: arn })
    secrets.set(logicalId, { arn, value })
  }
  return secrets
}

/** Names the template's log groups by their logical ids. */
export function defineLogGroups({ Resources }: Template, resolver: Resolver): string[] {
  const groups = Object.keys(Resources).filter((name) => Resources[name]?.Type === 'AWS::Logs::LogGroup')
  for (const name of groups) resolver.define(name, { ref: name })
  return groups
}

const FunctionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
  LoggingConfig: z.object({ LogGroup: z.string() }),
})

/** This machine and its Node are the architecture and the runtime. The others exist only at AWS. */
const IGNORED_OF_FUNCTIONS = [
  'Architectures',
  'Runtime',
  'Role',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'VpcConfig',
]

/** Asked before a function's response is accepted, see FunctionOptions. */
export type BeforeResponse = (functionName: string, payload: unknown) => Promise<'pass' | 'drop'>

/** Starts the template's functions from the bundles that CDK would upload. Returns them by logical id. */
export function bootFunctions(
  { template, assetDirectory }: Synthesized,
  resolver: Resolver,
  options: {
    environment: Record<string, string>
    sessionToken: string
    /** Gets every line that a function logs, with the name of its log group. */
    onLog: (line: string, logGroup: string) => void
    beforeResponse?: BeforeResponse
  },
): Map<string, LocalFunction> {
  const functions = new Map<string, LocalFunction>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::Lambda::Function',
    FunctionSchema,
    IGNORED_OF_FUNCTIONS,
  )) {
    const { onLog, sessionToken, beforeResponse } = options
    const local = startFunction({
      sessionToken,
      onLog: (line) => onLog(line, properties.LoggingConfig.LogGroup),
      ...(beforeResponse && { beforeResponse: ({ payload }) => beforeResponse(logicalId, payload) }),
      name: logicalId,
      assetDirectory: assetDirectory(properties.Code.S3Key),
      handler: properties.Handler,
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      environment: { ...properties.Environment.Variables, ...options.environment },
    })
    resolver.define(logicalId, { ref: logicalId })
    functions.set(logicalId, local)
  }
  return functions
}

const MappingSchema = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
})

type BatchSummary = Parameters<NonNullable<EventSourceMappingOptions['onBatch']>>[0]

/** Called for each batch once it is judged and its acknowledged messages are deleted. `functionName` is a logical id. */
export type OnBatch = (summary: BatchSummary & { functionName: string }) => void

/** Starts the template's event source mappings with their settings. Returns them by their ids. */
export function bootMappings(
  template: Template,
  resolver: Resolver,
  parts: {
    sqs: SQSClient
    queues: ReadonlyMap<string, LocalQueue>
    functions: ReadonlyMap<string, LocalFunction>
    onBatch?: OnBatch
  },
): Map<string, EventSourceMapping> {
  const mappings = resourcesOf(template, resolver, 'AWS::Lambda::EventSourceMapping', MappingSchema).map(
    ([logicalId, properties]) => {
      const queue = [...parts.queues.values()].find(({ arn }) => arn === properties.EventSourceArn)
      const target = parts.functions.get(properties.FunctionName)
      if (!queue || !target)
        throw new Error(`${logicalId} connects a queue or a function that does not exist locally`)
      const uuid = randomUUID()
      resolver.define(logicalId, { ref: uuid, attributes: { Id: uuid } })
      const mapping = startEventSourceMapping({
        sqs: parts.sqs,
        queueUrl: queue.url,
        queueArn: queue.arn,
        batchSize: properties.BatchSize,
        windowSeconds: properties.MaximumBatchingWindowInSeconds,
        maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
        reportBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
        invoke: target.invoke,
        onBatch: (summary) => parts.onBatch?.({ ...summary, functionName: properties.FunctionName }),
      })
      return [uuid, mapping] as const
    },
  )
  return new Map(mappings)
}
