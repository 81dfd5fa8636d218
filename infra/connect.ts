import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Functions } from './create-functions.ts'
import type { Queues } from './create-queues.ts'
import type { Secrets } from './create-secrets.ts'
import type { Settings } from './derive-settings.ts'
import type { Stage } from './stage.ts'

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
