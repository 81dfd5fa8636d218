import { App, Stack } from 'aws-cdk-lib'
import { Match } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, it } from 'vitest'
import { assertSameRegion } from '../../infra/assert-same-region.ts'
import { BreachReset } from '../../infra/breach-reset.ts'
import { everySetting, stages } from '../fixtures/stages.ts'
import { named, templateOf } from './template-of.ts'

const inRegion = (region?: string) =>
  new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack', {
    ...(region && { env: { region } }),
  })

describe('the name of a stage', () => {
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
    expect(() => assertSameRegion(inRegion('us-east-1'), stage)).toThrow(
      `${setting} names something in eu-west-1, and the stack is deployed to us-east-1`,
    )
    expect(() => assertSameRegion(inRegion('eu-west-1'), stage)).not.toThrow()
  })

  it('are in any region as long as that of the deployment is not known', () => {
    expect(() => assertSameRegion(inRegion(), everySetting)).not.toThrow()
  })

  it('may have ARNs that the app only knows at deployment', () => {
    const stack = inRegion('us-east-1')
    const stage = { ...stages.prod, alarmTopic: new Topic(stack, 'Pages').topicArn }
    expect(() => assertSameRegion(stack, stage)).not.toThrow()
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
