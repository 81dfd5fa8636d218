import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { SourcesSchema } from '../../functions/fan-out/config.ts'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { everySetting, type StageName, stages } from '../fixtures/stages.ts'
import { findResource, named, templateOf, variablesIn } from './template-of.ts'

const STAGES = Object.keys(stages) as StageName[]

/** The event source mappings by the queue they read. */
function mappingsIn(template: ReturnType<typeof templateOf>) {
  const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
  return Object.fromEntries(
    mappings.map(({ Properties }) => {
      const mapping = named(Properties) as Record<string, unknown>
      return [String(mapping.EventSourceArn), mapping]
    }),
  )
}

describe.each(STAGES)('the queues of %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]

  it('hide a message for six times the function timeout', () => {
    for (const name of ['BreachQueue', 'ResetQueue']) {
      const [, queue] = findResource(template, 'AWS::SQS::Queue', name)
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * stage.functionTimeout.toSeconds())
    }
    const [, sessions] = findResource(template, 'AWS::SQS::Queue', 'SessionsQueue')
    const window = deriveSettings(stage).sessions?.windowSeconds
    expect(sessions.Properties.VisibilityTimeout).toBe(6 * stage.functionTimeout.toSeconds() + Number(window))
    template.allResourcesProperties('AWS::Lambda::Function', { Timeout: stage.functionTimeout.toSeconds() })
  })

  it('dead-letter a message after five receives', () => {
    const [logicalId] = findResource(template, 'AWS::SQS::Queue', 'DeadLetterQueue')
    const deadLetterTargetArn = { 'Fn::GetAtt': [logicalId, 'Arn'] }
    const redrive = { RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 5 } }
    template.resourcePropertiesCountIs('AWS::SQS::Queue', redrive, 3)
  })

  it('keep messages for fourteen days, all five', () => {
    template.resourceCountIs('AWS::SQS::Queue', 5)
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 })
  })

  it('get batch item failures reported, and at most so many executions at the same time', () => {
    const { recordsPerBatch } = deriveSettings(stage)
    const common = { BatchSize: recordsPerBatch, FunctionResponseTypes: ['ReportBatchItemFailures'] }
    const scaled = { ...common, ScalingConfig: { MaximumConcurrency: stage.maximumConcurrency } }
    expect(mappingsIn(template)).toMatchObject({
      'BreachQueue.Arn': { FunctionName: 'FanOut', ...scaled },
      'ResetQueue.Arn': { FunctionName: 'RequireReset', ...scaled },
      'SessionsQueue.Arn': {
        FunctionName: 'EndSessions',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    })
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
  })

  it('are gathered for end-sessions into larger batches, so that many people share a search', () => {
    const { sessions } = deriveSettings(stage)
    expect(mappingsIn(template)['SessionsQueue.Arn']).toMatchObject({
      BatchSize: sessions?.recordsPerBatch,
      MaximumBatchingWindowInSeconds: sessions?.windowSeconds,
      ScalingConfig: { MaximumConcurrency: sessions?.concurrency },
    })
  })
})

describe.each(STAGES)('the functions of %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]

  it('run on Node 24 on arm64, with log groups that expire', () => {
    const runtime = { Runtime: 'nodejs24.x', Architectures: ['arm64'] }
    template.allResourcesProperties('AWS::Lambda::Function', runtime)
    template.resourceCountIs('AWS::Logs::LogGroup', 3)
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: stage.logRetention })
    const functions = Object.values(template.findResources('AWS::Lambda::Function'))
    expect(functions.map(({ Properties }) => named(Properties.LoggingConfig))).toEqual(
      ['FanOutLogs', 'RequireResetLogs', 'EndSessionsLogs'].map((LogGroup) => ({
        LogFormat: 'JSON',
        LogGroup,
      })),
    )
  })

  it('have exactly the environment that the stage asks for', () => {
    const settings = deriveSettings(stage)
    const ofAll = {
      STAGE: stageName,
      MODE: stage.mode,
      DEAD_LETTER_QUEUE_URL: 'DeadLetterQueue',
      PROGRESS_TABLE: 'Progress',
      ...('outcomes' in stage && { OUTCOME_BUS: stage.outcomes.eventBus }),
    }
    const ofSteps = {
      ...ofAll,
      LEDGER_TABLE: 'Ledger',
      LEDGER_KEY_SECRET: 'LedgerKey',
      STYTCH_SECRET: 'StytchSecret',
      STYTCH_ENVIRONMENT: stage.stytchEnvironment,
      STYTCH_TIMEOUT_MS: String(1000 * stage.stytchTimeout.toSeconds()),
      FUNCTION_TIMEOUT_MS: String(1000 * stage.functionTimeout.toSeconds()),
      SETTLE_RESERVE_MS: String(200 * stage.functionTimeout.toSeconds()),
      RETRY_HORIZON_HOURS: String(stage.retryHorizon.toHours()),
    }
    expect(variablesIn(template)).toEqual([
      {
        ...ofAll,
        RESET_QUEUE_URL: 'ResetQueue',
        ...(stage.mode === 'dry_run' && { REHEARSED_QUEUE_URL: 'RehearsedQueue' }),
        MAX_MEMBERS_PER_EVENT: String(stage.maxMembersPerEvent),
        MEMBERS_PER_MESSAGE: String(settings.membersPerMessage),
        MESSAGES_AT_ONCE: String(settings.messagesAtOnce),
      },
      {
        ...ofSteps,
        RESET_QUEUE_URL: 'ResetQueue',
        SESSIONS_QUEUE_URL: 'SessionsQueue',
        STYTCH_REQUESTS_PER_SECOND: String(settings.requestsPerSecond),
        STYTCH_CALLS_IN_FLIGHT: '15',
        MAX_UNRECORDED: '25',
      },
      {
        ...ofSteps,
        SESSIONS_QUEUE_URL: 'SessionsQueue',
        STYTCH_SEARCHES_PER_MINUTE: String(settings.sessions?.searchesPerMinute),
        STYTCH_REVOCATIONS_PER_SECOND: String(settings.sessions?.revocationsPerSecond),
        STYTCH_READ_BACKS_PER_SECOND: String(settings.sessions?.readBacksPerSecond),
        STYTCH_CALLS_IN_FLIGHT: String(settings.sessions?.callsInFlight),
      },
    ])
  })
})

describe('a stage without end-sessions', () => {
  const template = templateOf('prod', { endSessions: false })

  it('has two functions and four queues, and require-reset passes nobody on', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2)
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2)
    template.resourceCountIs('AWS::SQS::Queue', 4)
    expect(variablesIn(template).flatMap(Object.keys)).not.toContain('SESSIONS_QUEUE_URL')
  })

  it('mentions it nowhere: neither in alarms, dashboard and queries nor in permissions and outputs', () => {
    expect(JSON.stringify(templateOf('prod').toJSON())).toMatch(/end-sessions|EndSessions|SessionsQueue/)
    expect(JSON.stringify(template.toJSON())).not.toMatch(
      /end-sessions|EndSessions|Sessions?Queue|SessionsLate/,
    )
  })
})

describe('the functions of a stage with every setting', () => {
  const template = templateOf('prod', everySetting)

  it('are all in the subnets of the stage, and their roles may join them', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      },
    })
    // The six that AWS documents for a role of the customer's own.
    const joining = {
      Resource: '*',
      Action: [
        ...['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
        ...['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses'],
      ],
    }
    template.allResourcesProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ ...joining, Effect: 'Allow' }),
          // Only what a function's own code asks for names the function.
          { ...joining, Effect: 'Deny', Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } } },
        ]),
      },
    })
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0)
  })

  it('have executions reserved for require-reset, and none for the others', () => {
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { ReservedConcurrentExecutions: 5 }, 1)
  })

  it('give the sources, the limit of the hour and the quota table to fan-out alone', () => {
    const [fanOut, ...others] = variablesIn(template)
    expect(fanOut).toMatchObject({ QUOTA_TABLE: 'Quota', MAX_MEMBERS_PER_HOUR: '10000' })
    expect(SourcesSchema.parse(fanOut?.SOURCES)).toEqual(everySetting.sources)
    expect(others.flatMap(Object.keys)).not.toContain('SOURCES')
    expect(others.flatMap(Object.keys)).not.toContain('QUOTA_TABLE')
    expect(others.flatMap(Object.keys)).not.toContain('MAX_MEMBERS_PER_HOUR')
  })
})
