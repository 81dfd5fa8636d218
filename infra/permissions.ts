import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Settings } from './derive-settings.ts'
import type { Functions } from './functions.ts'
import type { Queues } from './queues.ts'
import type { Stage } from './stage.ts'
import type { Secrets } from './storage.ts'

/** What the functions work on. */
type Resources = {
  key: IKey
  queues: Queues
  ledger: Table
  secrets: Secrets
  quota: Table | undefined
}

/** Connects each function to the queue it reads, and grants it what its steps need and nothing else. */
export function connectFunctions(
  { fanOut, requireReset }: Functions,
  { stage, settings, ...resources }: Resources & { stage: Stage; settings: Settings },
): void {
  const { breach, reset, deadLetter } = resources.queues
  for (const [target, queue] of [
    [fanOut, breach],
    [requireReset, reset],
  ] as const) {
    target.addEventSource(
      new SqsEventSource(queue, {
        batchSize: settings.recordsPerBatch,
        maxConcurrency: stage.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    )
    reset.grant(target, 'sqs:SendMessage')
    deadLetter.grant(target, 'sqs:SendMessage')
  }
  grantData({ fanOut, requireReset }, resources)

  reset.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheTwoFunctionsSend',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [reset.queueArn],
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': [fanOut, requireReset].map(({ role }) => role?.roleArn) },
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

function grantData({ fanOut, requireReset }: Functions, { key, ledger, secrets, quota }: Resources): void {
  key.grant(fanOut, ...(quota ? USE_KEY : ['kms:Decrypt', 'kms:GenerateDataKey']))
  quota?.grant(fanOut, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem')
  key.grant(requireReset, ...USE_KEY)
  ledger.grant(
    requireReset,
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  )
  secrets.ledgerKey.grantRead(requireReset)
  secrets.stytchSecret.grantRead(requireReset)
}
