import { CfnOutput, Duration, RemovalPolicy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { createFunction } from './create-function.ts'
import { deriveSettings } from './derive-settings.ts'
import type { Stage } from './stage.ts'

const MAX_RECEIVE_COUNT = 5
const RETENTION = Duration.days(14)

/** Everything that is deployed: two queues and their dead-letter queue, the ledger, two secrets, two functions. */
export class BreachResetStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stageName, stage, ...props }: StackProps & { stageName: string; stage: Stage },
  ) {
    super(scope, id, { terminationProtection: stage.retainData, ...props })
    const settings = deriveSettings(stage)
    const removalPolicy = stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

    const queueProps = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      removalPolicy,
    }
    const deadLetterQueue = new Queue(this, 'DeadLetterQueue', queueProps)
    const workQueueProps = {
      ...queueProps,
      visibilityTimeout: Duration.seconds(settings.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    }
    const breachQueue = new Queue(this, 'BreachQueue', workQueueProps)
    const resetQueue = new Queue(this, 'ResetQueue', workQueueProps)

    const ledger = new Table(this, 'Ledger', {
      partitionKey: { name: 'person', type: AttributeType.STRING },
      sortKey: { name: 'kind', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.retainData,
      removalPolicy,
    })
    // CloudFormation writes a secret's value again when its properties here change: an edit would generate another ledger
    // key, or blank a Stytch key that has been filled in.
    const ledgerKey = new Secret(this, 'LedgerKey', {
      description:
        'Names people in the ledger. Never rotate it: nobody would be found covered, and everybody reset again.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    })
    const stytchSecret = new Secret(this, 'StytchSecret', {
      description: 'Fill in project_id and secret of the Stytch B2B project',
      secretObjectValue: {
        project_id: SecretValue.unsafePlainText(''),
        secret: SecretValue.unsafePlainText(''),
      },
      removalPolicy,
    })

    const fanOut = createFunction(this, 'FanOut', {
      folder: 'fan-out',
      stage,
      environment: {
        STAGE: stageName,
        RESET_QUEUE_URL: resetQueue.queueUrl,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
        MAX_MEMBERS_PER_EVENT: String(stage.maxMembersPerEvent),
        MEMBERS_PER_MESSAGE: String(settings.membersPerMessage),
      },
    })
    const requireReset = createFunction(this, 'RequireReset', {
      folder: 'require-reset',
      stage,
      recursiveLoop: RecursiveLoop.ALLOW,
      ...(stage.reserveConcurrency && { reservedConcurrentExecutions: stage.maximumConcurrency }),
      environment: {
        STAGE: stageName,
        MODE: stage.mode,
        RESET_QUEUE_URL: resetQueue.queueUrl,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
        LEDGER_TABLE: ledger.tableName,
        LEDGER_KEY_SECRET: ledgerKey.secretArn,
        STYTCH_SECRET: stytchSecret.secretArn,
        STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
        STYTCH_CALLS_IN_FLIGHT: String(settings.callsInFlight),
        STYTCH_TIMEOUT_MS: String(stage.stytchTimeoutSeconds * 1000),
        SETTLE_RESERVE_MS: String(settings.settleReserveMs),
        RETRY_HORIZON_HOURS: String(stage.retryHorizonHours),
      },
    })

    for (const [target, queue] of [
      [fanOut, breachQueue],
      [requireReset, resetQueue],
    ] as const) {
      target.addEventSource(
        new SqsEventSource(queue, {
          batchSize: settings.recordsPerBatch,
          maxConcurrency: stage.maximumConcurrency,
          reportBatchItemFailures: true,
        }),
      )
      resetQueue.grantSendMessages(target)
      deadLetterQueue.grantSendMessages(target)
    }
    ledger.grant(
      requireReset,
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    )
    ledgerKey.grantRead(requireReset)
    stytchSecret.grantRead(requireReset)

    resetQueue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheTwoFunctionsSend',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sqs:SendMessage'],
        resources: [resetQueue.queueArn],
        conditions: {
          ArnNotEquals: { 'aws:PrincipalArn': [fanOut, requireReset].map(({ role }) => role?.roleArn) },
        },
      }),
    )

    new CfnOutput(this, 'Mode', { value: stage.mode })
    new CfnOutput(this, 'BreachQueueUrl', { value: breachQueue.queueUrl })
    new CfnOutput(this, 'BreachQueueArn', { value: breachQueue.queueArn })
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetterQueue.queueUrl })
    new CfnOutput(this, 'DeadLetterQueueArn', { value: deadLetterQueue.queueArn })
    new CfnOutput(this, 'StytchSecretArn', { value: stytchSecret.secretArn })
    new CfnOutput(this, 'FanOutLogGroup', { value: fanOut.logGroup.logGroupName })
    new CfnOutput(this, 'RequireResetLogGroup', { value: requireReset.logGroup.logGroupName })
  }
}
