import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { type StageName, stages } from '../../infra/stages.ts'
import { named, type Resource, templateOf } from './template-of.ts'

const only = (resources: Record<string, Resource>) => Object.values(resources)[0] as Resource

describe.each(Object.keys(stages) as StageName[])('the template of %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]
  const idOf = (type: string, prefix: string) =>
    Object.keys(template.findResources(type)).find((id) => id.startsWith(prefix)) ?? ''

  it('gives both work queues a visibility timeout of six times the function timeout', () => {
    for (const name of ['BreachQueue', 'ResetQueue']) {
      const queue = template.findResources('AWS::SQS::Queue')[idOf('AWS::SQS::Queue', name)]
      expect(queue?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * stage.functionTimeoutSeconds)
    }
    template.allResourcesProperties('AWS::Lambda::Function', { Timeout: stage.functionTimeoutSeconds })
  })

  it('redrives both work queues to the dead-letter queue after five receives', () => {
    const deadLetterTargetArn = { 'Fn::GetAtt': [idOf('AWS::SQS::Queue', 'DeadLetterQueue'), 'Arn'] }
    const redrive = { RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 5 } }
    template.resourcePropertiesCountIs('AWS::SQS::Queue', redrive, 2)
  })

  it('keeps messages for fourteen days on all three queues', () => {
    template.resourceCountIs('AWS::SQS::Queue', 3)
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 })
  })

  it('encrypts queues, ledger, secrets and logs with one key of its own that is rotated', () => {
    const key = { 'Fn::GetAtt': [idOf('AWS::KMS::Key', 'Key'), 'Arn'] }
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true })
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: key })
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      SSESpecification: { KMSMasterKeyId: key, SSEEnabled: true, SSEType: 'KMS' },
    })
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: key })
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key })
  })

  it('lets nobody talk to a queue without TLS', () => {
    const tlsOnly = Match.objectLike({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })
    const policy = { PolicyDocument: { Statement: Match.arrayWith([tlsOnly]) } }
    template.resourcePropertiesCountIs('AWS::SQS::QueuePolicy', policy, 3)
  })

  it('lets nobody but the two functions send to the reset queue', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:SendMessage',
            Principal: { AWS: '*' },
            Resource: { 'Fn::GetAtt': [idOf('AWS::SQS::Queue', 'ResetQueue'), 'Arn'] },
            Condition: {
              ArnNotEquals: {
                'aws:PrincipalArn': ['FanOut', 'RequireReset'].map((name) => ({
                  'Fn::GetAtt': [idOf('AWS::IAM::Role', `${name}Role`), 'Arn'],
                })),
              },
            },
          }),
        ]),
      },
    })
  })

  it('reports batch item failures and bounds the concurrency of both mappings', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2)
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: deriveSettings(stage).recordsPerBatch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: stage.maximumConcurrency },
    })
  })

  it("lets require-reset, and only it, send to its own queue past AWS's loop detection", () => {
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { RecursiveLoop: 'Allow' },
    })
    expect(Object.keys(functions)).toEqual([idOf('AWS::Lambda::Function', 'RequireReset')])
  })

  it('runs both functions on Node 24 on arm64, with log groups that expire', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    })
    template.resourceCountIs('AWS::Logs::LogGroup', 2)
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: stage.logRetentionDays })
    const functions = Object.values(template.findResources('AWS::Lambda::Function'))
    const logging = functions.map(({ Properties }) => named(Properties.LoggingConfig))
    expect(logging).toEqual(
      ['FanOutLogs', 'RequireResetLogs'].map((LogGroup) => ({ LogFormat: 'JSON', LogGroup })),
    )
  })

  it('gives each function exactly the environment that its stage asks for', () => {
    const settings = deriveSettings(stage)
    const queues = { RESET_QUEUE_URL: 'ResetQueue', DEAD_LETTER_QUEUE_URL: 'DeadLetterQueue' }
    const environments = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => named(Properties.Environment.Variables),
    )
    expect(environments).toEqual([
      {
        STAGE: stageName,
        ...queues,
        MAX_MEMBERS_PER_EVENT: String(stage.maxMembersPerEvent),
        MEMBERS_PER_MESSAGE: String(settings.membersPerMessage),
        MESSAGES_AT_ONCE: String(settings.messagesAtOnce),
      },
      {
        STAGE: stageName,
        MODE: stage.mode,
        ...queues,
        LEDGER_TABLE: 'Ledger',
        LEDGER_KEY_SECRET: 'LedgerKey',
        STYTCH_SECRET: 'StytchSecret',
        STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
        STYTCH_CALLS_IN_FLIGHT: '15',
        MAX_UNRECORDED: '25',
        STYTCH_TIMEOUT_MS: String(1000 * stage.stytchTimeoutSeconds),
        SETTLE_RESERVE_MS: String(200 * stage.functionTimeoutSeconds),
        RETRY_HORIZON_HOURS: String(stage.retryHorizonHours),
      },
    ])
  })

  it('keeps ledger, keys, queues, their policies and logs when the stage says so', () => {
    const policy = stage.retainData ? 'Retain' : 'Delete'
    const kept = [
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ]
    for (const type of kept) {
      for (const { DeletionPolicy } of Object.values(template.findResources(type)))
        expect(DeletionPolicy).toBe(policy)
    }
  })

  it('never changes how the secrets are made: CloudFormation would blank the one and generate the other anew', () => {
    const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'))
    expect(secrets.map(({ Properties: { Description: _, KmsKeyId: _key, ...made } }) => made)).toEqual([
      { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
      { SecretString: '{"project_id":"","secret":""}' },
    ])
  })

  it('can restore the ledger to any moment of the last 35 days', () => {
    const table = only(template.findResources('AWS::DynamoDB::Table') as never)
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: stage.retainData,
    })
  })

  it('says its mode in the outputs', () => {
    template.hasOutput('Mode', { Value: stage.mode })
  })
})

it('ships prod as a dry run', () => {
  expect(stages.prod.mode).toBe('dry_run')
})
