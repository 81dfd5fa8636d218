import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { BreachResetStack } from '../../infra/breach-reset-stack.ts'
import { type StageName, stages } from '../../infra/stages.ts'

function synthesize(stageName: StageName): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  return Template.fromStack(new BreachResetStack(app, 'Test', { stageName, stage: stages[stageName] }))
}

type Resource = { Properties: Record<string, never>; DeletionPolicy?: string }
const only = (resources: Record<string, Resource>) => Object.values(resources)[0] as Resource

describe.each(Object.keys(stages) as StageName[])('the template of %s', (stageName) => {
  const template = synthesize(stageName)
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

  it('keeps messages for fourteen days, encrypted, on all three queues', () => {
    template.resourceCountIs('AWS::SQS::Queue', 3)
    template.allResourcesProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    })
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
                  'Fn::GetAtt': [idOf('AWS::IAM::Role', `${name}ServiceRole`), 'Arn'],
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
  })

  it('gives the secrets and the ledger to require-reset alone', () => {
    const fanOut = template.findResources('AWS::IAM::Policy')[idOf('AWS::IAM::Policy', 'FanOut')]
    expect(JSON.stringify(fanOut)).not.toMatch(/secretsmanager|dynamodb|StytchSecret|LedgerKey/)
    const requireReset = template.findResources('AWS::IAM::Policy')[idOf('AWS::IAM::Policy', 'RequireReset')]
    const statements = requireReset?.Properties.PolicyDocument.Statement as {
      Action: string[]
      Resource: unknown
    }[]
    const ledger = statements.find(({ Action }) => Action.includes('dynamodb:BatchWriteItem'))
    expect(ledger?.Action.toSorted()).toEqual(
      ['BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem'].map((action) => `dynamodb:${action}`),
    )
  })

  it('grants no function a wildcard', () => {
    for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action, Resource } of policy.Properties.PolicyDocument.Statement) {
        expect([Action, Resource].flat().filter((item) => String(item).includes('*'))).toEqual([])
      }
    }
  })

  it('keeps ledger, keys and queues when the stage says so', () => {
    const policy = stage.retainData ? 'Retain' : 'Delete'
    for (const type of ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::SQS::Queue']) {
      for (const { DeletionPolicy } of Object.values(template.findResources(type)))
        expect(DeletionPolicy).toBe(policy)
    }
  })

  it('creates the Stytch secret empty and never puts a key into the template', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: '{"project_id":"","secret":""}',
    })
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64 },
    })
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
