import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { SourcesSchema } from '../../functions/fan-out/config.ts'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { everySetting, type StageName, stages } from '../fixtures/stages.ts'
import { findResource, named, templateOf, variablesIn } from './template-of.ts'

const STAGES = Object.keys(stages) as StageName[]

describe.each(STAGES)('the queues of %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]

  it('hide a message for six times the function timeout', () => {
    for (const name of ['BreachQueue', 'ResetQueue']) {
      const [, queue] = findResource(template, 'AWS::SQS::Queue', name)
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * stage.functionTimeoutSeconds)
    }
    template.allResourcesProperties('AWS::Lambda::Function', { Timeout: stage.functionTimeoutSeconds })
  })

  it('dead-letter a message after five receives', () => {
    const [logicalId] = findResource(template, 'AWS::SQS::Queue', 'DeadLetterQueue')
    const deadLetterTargetArn = { 'Fn::GetAtt': [logicalId, 'Arn'] }
    const redrive = { RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 5 } }
    template.resourcePropertiesCountIs('AWS::SQS::Queue', redrive, 2)
  })

  it('keep messages for fourteen days, all three', () => {
    template.resourceCountIs('AWS::SQS::Queue', 3)
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 })
  })

  it('get batch item failures reported, and at most so many executions at the same time', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2)
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: deriveSettings(stage).recordsPerBatch,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: stage.maximumConcurrency },
    })
  })
})

describe.each(STAGES)('the functions of %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]

  it('run on Node 24 on arm64, with log groups that expire', () => {
    const runtime = { Runtime: 'nodejs24.x', Architectures: ['arm64'] }
    template.allResourcesProperties('AWS::Lambda::Function', runtime)
    template.resourceCountIs('AWS::Logs::LogGroup', 2)
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: stage.logRetentionDays })
    const functions = Object.values(template.findResources('AWS::Lambda::Function'))
    expect(functions.map(({ Properties }) => named(Properties.LoggingConfig))).toEqual(
      ['FanOutLogs', 'RequireResetLogs'].map((LogGroup) => ({ LogFormat: 'JSON', LogGroup })),
    )
  })

  it('have exactly the environment that the stage asks for', () => {
    const settings = deriveSettings(stage)
    const queues = { RESET_QUEUE_URL: 'ResetQueue', DEAD_LETTER_QUEUE_URL: 'DeadLetterQueue' }
    expect(variablesIn(template)).toEqual([
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
        STYTCH_ENVIRONMENT: stage.stytchEnvironment,
        STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
        STYTCH_CALLS_IN_FLIGHT: '15',
        MAX_UNRECORDED: '25',
        STYTCH_TIMEOUT_MS: String(1000 * stage.stytchTimeoutSeconds),
        FUNCTION_TIMEOUT_MS: String(1000 * stage.functionTimeoutSeconds),
        SETTLE_RESERVE_MS: String(200 * stage.functionTimeoutSeconds),
        RETRY_HORIZON_HOURS: String(stage.retryHorizonHours),
      },
    ])
  })
})

describe('the functions of a stage with every setting', () => {
  const template = templateOf('prod', everySetting)

  it('are both in the subnets of the stage, and their roles may join them', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: everySetting.vpc?.subnetIds,
        SecurityGroupIds: everySetting.vpc?.securityGroupIds,
      },
    })
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: [Match.anyValue()] })
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0)
  })

  it('have executions reserved for require-reset, and none for fan-out', () => {
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { ReservedConcurrentExecutions: 5 }, 1)
  })

  it('give the sources and the quota table to fan-out alone', () => {
    const [fanOut, requireReset] = variablesIn(template)
    expect(fanOut?.QUOTA_TABLE).toBe('Quota')
    expect(SourcesSchema.parse(fanOut?.SOURCES)).toEqual(everySetting.sources)
    expect(requireReset).not.toHaveProperty('SOURCES')
    expect(requireReset).not.toHaveProperty('QUOTA_TABLE')
  })
})
