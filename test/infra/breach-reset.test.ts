import { App, Duration, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, it } from 'vitest'
import { assertReachable } from '../../infra/assert-reachable.ts'
import { BreachReset } from '../../infra/breach-reset.ts'
import { everySetting, stages } from '../fixtures/stages.ts'
import { named, statementsIn, templateOf } from './template-of.ts'

const inRegion = (region?: string) =>
  new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack', {
    ...(region && { env: { region } }),
  })

const REQUIRED = { stytchEnvironment: 'live', stytchRequestsPerSecond: 50 } as const

describe('the construct', () => {
  const stack = inRegion()
  const breachReset = new BreachReset(stack, 'Reset', { ...REQUIRED, stageName: 'eu' })
  const role = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  breachReset.grantSend(role)
  const template = Template.fromStack(stack)

  it('lets a role of the app send, which takes the breach queue and its key, and nothing else', () => {
    const statements = statementsIn(template, 'AWS::IAM::Policy', 'DetectorDefaultPolicy')
    expect(statements.map(({ Action, Resource }) => `${[Action].flat().join()} ${Resource}`)).toEqual([
      'sqs:SendMessage ResetBreachQueue.Arn',
      'kms:Decrypt,kms:GenerateDataKey ResetBreachKey.Arn',
    ])
  })

  it.each([
    ['metricMembersReceived', 'fan-out', 'MembersReceived', 'Sum'],
    ['metricMembersReset', 'require-reset', 'MembersReset', 'Sum'],
    ['metricMembersSkipped', 'require-reset', 'MembersSkipped', 'Sum'],
    ['metricMembersDeadLettered', 'require-reset', 'MembersDeadLettered', 'Sum'],
    ['metricDetectionToReset', 'require-reset', 'DetectionToResetMs', 'p99'],
    ['metricSessionsEnded', 'end-sessions', 'SessionsEnded', 'Sum'],
  ] as const)('has a metric that its functions emit: %s', (method, service, metricName, statistic) => {
    const dimensions = { service, stage: 'eu' }
    const metric = breachReset[method]()
    expect(metric).toMatchObject({ namespace: 'BreachReset', metricName, dimensions, statistic })
    expect(metric.period.toMinutes()).toBe(5)
    const other = breachReset[method]({ statistic: 'Maximum', period: Duration.hours(1) })
    expect([other.statistic, other.period.toHours()]).toEqual(['Maximum', 1])
    expect(breachReset[method]({ statistic: undefined } as never).statistic).toBe(statistic)
  })

  it('has the metric of the dead-letter queue', () => {
    const { metricName, statistic, period, dimensions } = breachReset.metricDeadLetters()
    expect([metricName, statistic, period.toMinutes()]).toEqual([
      ...['ApproximateNumberOfMessagesVisible', 'Maximum', 1],
    ])
    expect(dimensions).toEqual({ QueueName: breachReset.queues.deadLetter.queueName })
  })

  it('has no metric of sessions without end-sessions, whose alarm would never go on', () => {
    const without = new BreachReset(inRegion(), 'Reset', { ...REQUIRED, endSessions: false })
    expect(() => without.metricSessionsEnded()).toThrow(
      'metricSessionsEnded has no data with endSessions: false',
    )
  })
})

describe('the name of a stage', () => {
  it('is made of stack and path when it is left out, once for each deployment of an app', () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
    const [one, other] = ['One', 'Other'].map((id) => new Stack(app, id)) as [Stack, Stack]
    const names = [[one, 'First'] as const, [one, 'Second'] as const, [other, 'First'] as const].map(
      ([stack, id]) => new BreachReset(stack, id, REQUIRED).stageName,
    )
    expect(names.map((name) => name.replace(/-[0-9A-F]{8}$/, ''))).toEqual([
      'One-First',
      'One-Second',
      'Other-First',
    ])
    expect(names.filter((name) => !/^[\w-]{1,64}$/.test(name))).toEqual([])
  })

  it('can be used once in an environment of an app, and again in another region', () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
    const inEnvironment = (id: string, region: string) =>
      new Stack(app, id, { env: { account: '111122223333', region } })
    const props = { ...REQUIRED, stageName: 'prod' }
    new BreachReset(inEnvironment('First', 'eu-central-1'), 'Reset', props)
    expect(() => new BreachReset(inEnvironment('Second', 'eu-central-1'), 'Reset', props)).toThrow(
      'stageName prod is taken in this app',
    )
    expect(() => new BreachReset(inEnvironment('Third', 'us-east-1'), 'Reset', props)).not.toThrow()
  })

  it('can be used once in a stack: one canary would hide that the other is dead', () => {
    const stack = inRegion()
    const props = { ...stages.prod, stageName: 'eu' }
    new BreachReset(stack, 'First', props)
    expect(() => new BreachReset(stack, 'Second', props)).toThrow(
      "these settings can't work: stageName eu is taken",
    )
    expect(() => new BreachReset(stack, 'Third', { ...props, stageName: 'us' })).not.toThrow()
  })

  it.each(['eu prod', 'é', '', 'prod.eu'])('is not %j, which no dashboard can have', (stageName) => {
    expect(() => new BreachReset(inRegion(), 'First', { ...stages.prod, stageName })).toThrow(
      "these settings can't work: stageName must be",
    )
  })
})

describe('keys, topics and event buses of a stage', () => {
  it.each([
    ['encryptionKey', { encryptionKey: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d' }],
    ['breachQueueKey', { breachQueueKey: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d' }],
    ['alarmTopic', { alarmTopic: 'arn:aws:sns:eu-west-1:111122223333:pages' }],
    ['producers.topics', { producers: { topics: ['arn:aws:sns:eu-west-1:111122223333:breaches'] } }],
    [
      'outcomes.eventBus',
      { outcomes: { eventBus: 'arn:aws:events:eu-west-1:111122223333:event-bus/security' } },
    ],
  ])('are in the region of the deployment: %s', (setting, settings) => {
    const stage = { ...stages.prod, ...settings }
    expect(() => assertReachable(inRegion('us-east-1'), stage)).toThrow(
      `${setting} names something in eu-west-1, and the stack is deployed to us-east-1`,
    )
    expect(() => assertReachable(inRegion('eu-west-1'), stage)).not.toThrow()
  })

  it('are in any region as long as that of the deployment is not known', () => {
    expect(() => assertReachable(inRegion(), everySetting)).not.toThrow()
  })

  it('may have ARNs that the app only knows at deployment', () => {
    const stack = inRegion('us-east-1')
    const stage = { ...stages.prod, alarmTopic: new Topic(stack, 'Pages').topicArn }
    expect(() => assertReachable(stack, stage)).not.toThrow()
  })
})

const TAGGED = [
  ...['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'],
  ...['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup'],
  ...['AWS::SNS::Topic', 'AWS::CloudWatch::Alarm'],
]

describe('the rules of an account', () => {
  const template = templateOf('prod', everySetting)

  it.each(TAGGED)('put the tags of the stage on each %s', (type) => {
    expect(Object.keys(template.findResources(type))).not.toEqual([])
    template.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'team', Value: 'security' }]) })
  })

  it('put the permissions boundary on every role', () => {
    const { permissionsBoundary } = everySetting
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: permissionsBoundary })
  })
})

describe('the outputs', () => {
  const outputsOf = (template: ReturnType<typeof templateOf>) =>
    Object.fromEntries(
      Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, named(Value)]),
    )
  const outputs = outputsOf(templateOf('prod', everySetting))

  it('name what the commands need: mode and limits, queues, tables, mappings, and whom to believe', () => {
    expect(outputs).toMatchObject({
      ...{ Mode: 'dry_run', MaxMembersPerEvent: '1000', MaxMembersPerHour: '10000' },
      StytchRequestsPerSecond: '50',
      ...{ RehearsedQueueUrl: 'RehearsedQueue', LedgerTableName: 'Ledger' },
      ...{ KeyArn: 'Key.Arn', BreachKeyArn: 'BreachKey.Arn' },
      FunctionRoleIds: 'FanOutRole.RoleId,RequireResetRole.RoleId,EndSessionsRole.RoleId',
    })
    expect([outputs.FanOutMapping, outputs.RequireResetMapping, outputs.EndSessionsMapping]).toEqual([
      expect.stringMatching(/^FanOutSqsEventSource.*BreachQueue/),
      expect.stringMatching(/^RequireResetSqsEventSource.*ResetQueue/),
      expect.stringMatching(/^EndSessionsSqsEventSource.*SessionsQueue/),
    ])
  })

  it('can be added once to a stack', () => {
    const reset = new BreachReset(inRegion(), 'Reset', REQUIRED)
    reset.addOutputs()
    expect(() => reset.addOutputs()).toThrow('call it once in a stack')
  })

  it('leave out what the stage does not have', () => {
    const few = outputsOf(templateOf('dev', { endSessions: false }))
    expect(few).toMatchObject({
      Mode: 'enforce',
      FunctionRoleIds: 'FanOutRole.RoleId,RequireResetRole.RoleId',
    })
    expect(Object.keys(few)).not.toEqual(expect.arrayContaining(['EndSessionsMapping']))
    expect(Object.keys(few)).not.toEqual(expect.arrayContaining(['MaxMembersPerHour']))
  })
})
