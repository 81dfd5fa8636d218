import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnQueuePolicy, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Settings } from './derive-settings.ts'
import type { Functions } from './functions.ts'
import type { Stage } from './stage.ts'
import type { Secrets } from './storage.ts'

/** Five receives, as AWS asks for: a receive is also spent when Lambda is throttled. */
const MAX_RECEIVE_COUNT = 5
/** The longest that SQS has. */
const RETENTION = Duration.days(14)
/** The longest that SQS has, in seconds: fewer calls to KMS, whose price is per call. */
const DATA_KEY_REUSE = Duration.days(1)

export type Queues = { breach: Queue; reset: Queue; deadLetter: Queue }

/** The two work queues and the dead-letter queue of both. */
export function createQueues(
  scope: Construct,
  { stage, settings, key }: { stage: Stage; settings: Settings; key: IKey },
): Queues {
  const removalPolicy = stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
  const encrypted = {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    dataKeyReuse: DATA_KEY_REUSE,
    enforceSSL: true,
    retentionPeriod: RETENTION,
    removalPolicy,
  }
  const deadLetter = new Queue(scope, 'DeadLetterQueue', encrypted)
  const worked = {
    ...encrypted,
    visibilityTimeout: Duration.seconds(settings.visibilityTimeoutSeconds),
    deadLetterQueue: { queue: deadLetter, maxReceiveCount: MAX_RECEIVE_COUNT },
  }
  const breach = new Queue(scope, 'BreachQueue', worked)
  const reset = new Queue(scope, 'ResetQueue', worked)
  for (const queue of [deadLetter, breach, reset]) keepPolicy(queue, removalPolicy)
  return { breach, reset, deadLetter }
}

/** A queue that outlives the stack must not lose what its policy denies. */
function keepPolicy(queue: Queue, removalPolicy: RemovalPolicy): void {
  const policy = queue.node.findChild('Policy').node.defaultChild
  if (policy instanceof CfnQueuePolicy) policy.applyRemovalPolicy(removalPolicy)
}

/** What a table's encryption needs of whoever uses it, without a wildcard. */
const USE_KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
]

/** Has each function read its queue, and lets it do what its steps need and nothing else. */
export function connect(parts: {
  stage: Stage
  settings: Settings
  key: IKey
  queues: Queues
  ledger: Table
  secrets: Secrets
  quota: Table | undefined
  functions: Functions
}): void {
  const { stage, settings, key, queues, ledger, secrets, quota, functions } = parts
  const { fanOut, requireReset } = functions
  for (const [target, queue] of [
    [fanOut, queues.breach],
    [requireReset, queues.reset],
  ] as const) {
    target.addEventSource(
      new SqsEventSource(queue, {
        batchSize: settings.recordsPerBatch,
        maxConcurrency: stage.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    )
    queues.reset.grant(target, 'sqs:SendMessage')
    queues.deadLetter.grant(target, 'sqs:SendMessage')
  }
  key.grant(fanOut, ...(quota ? USE_KEY : ['kms:Decrypt', 'kms:GenerateDataKey']))
  quota?.grant(fanOut, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  key.grant(requireReset, ...USE_KEY)
  ledger.grant(
    requireReset,
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
  )
  secrets.ledgerKey.grantRead(requireReset)
  secrets.stytchSecret.grantRead(requireReset)

  queues.reset.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheTwoFunctionsSend',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [queues.reset.queueArn],
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': [fanOut, requireReset].map(({ role }) => role?.roleArn) },
      },
    }),
  )
}
