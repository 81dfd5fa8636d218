import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { checkBreachEvent, checkMembers } from '../../lib/contract/check-breach-event.ts'
import { everySetting } from '../fixtures/stages.ts'
import { type Statement, statementsIn, templateOf } from './template-of.ts'

const template = templateOf('prod', everySetting)
const bySid = (statements: Statement[]) =>
  Object.fromEntries(statements.map(({ Sid, ...statement }) => [Sid, statement]))
const policyOf = (queue: string) =>
  bySid(statementsIn(template, 'AWS::SQS::QueuePolicy', `${queue}QueuePolicy`))
const breachQueue = policyOf('Breach')
const [breachKey, key] = ['BreachKey', 'Key'].map((id) =>
  bySid(statementsIn(template, 'AWS::KMS::Key', id)),
) as [Record<string, object>, Record<string, object>]
const viaSqs = { 'kms:ViaService': 'sqs.AWS::Region.AWS::URLSuffix' }
const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage' }
const ENCRYPT = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }

describe('principals that a stage names as producers', () => {
  it('may send from their accounts and roles, and have their messages encrypted', () => {
    const principals = [
      'arn:AWS::Partition:iam::111122223333:root',
      'arn:aws:iam::444455556666:role/detector',
    ]
    expect(breachQueue.ProducerAccountsAndRoles).toMatchObject({ ...SEND, Principal: { AWS: principals } })
    expect(breachKey.ProducerAccountsAndRoles).toMatchObject({
      ...ENCRYPT,
      Principal: { AWS: principals },
      Condition: { StringEquals: viaSqs },
    })
  })

  it('never may send to the reset queue', () => {
    expect(Object.keys(policyOf('Reset'))).toEqual(['undefined', 'OnlyTheTwoFunctionsSend'])
  })

  it('do not exist when the stage names nobody', () => {
    const statements = statementsIn(templateOf('dev'), 'AWS::SQS::QueuePolicy', 'BreachQueuePolicy')
    expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny'])
  })
})

describe('the event bus and the topics of a stage', () => {
  it('forward our events of their sources from the bus; an event that can not be delivered is dead-lettered', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'security',
      EventPattern: { source: ['stealer-log-feed'], 'detail-type': [BREACH_EVENT_TYPE] },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    })
    const fromRule = { ...SEND, Condition: { ArnEquals: { 'aws:SourceArn': 'BreachEventRule.Arn' } } }
    expect(breachQueue.ProducerEventBus).toMatchObject(fromRule)
    expect(policyOf('DeadLetter').ProducerEventBus).toMatchObject(fromRule)
    for (const statements of [breachKey, key])
      expect(statements.ProducerEventBus).toMatchObject({
        ...ENCRYPT,
        Condition: { StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' } },
      })
  })

  it('forward what is published to the topics; a message that can not be delivered is dead-lettered', () => {
    const topicArns = everySetting.producers?.topicArns ?? []
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      TopicArn: topicArns[0],
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    })
    const Condition = { ArnEquals: { 'aws:SourceArn': topicArns } }
    expect(breachQueue.ProducerTopics).toMatchObject({ ...SEND, Condition })
    expect(policyOf('DeadLetter').ProducerTopics).toMatchObject({ ...SEND, Condition })
    for (const statements of [breachKey, key])
      expect(statements.ProducerTopics).toMatchObject({ ...ENCRYPT, Condition })
  })

  it('keep each subscription under its logical id when other topics come and go', () => {
    const [a, b] = ['breach-events', 'breachevents'].map(
      (name) => `arn:aws:sns:eu-central-1:111122223333:${name}`,
    ) as [string, string]
    const idsOf = (topicArns: string[]) =>
      Object.keys(templateOf('dev', { producers: { topicArns } }).findResources('AWS::SNS::Subscription'))
    expect(idsOf([a, b])).toEqual(idsOf([b, a]).toReversed())
    expect(idsOf([a, b])).toContain(idsOf([b])[0])
  })
})

const NOW = Date.parse('2026-11-20T12:00:10Z')

/** What EventBridge makes of an input template: a placeholder in a string is replaced as it is, any other as a JSON value. */
function fillIn(InputTemplate: string, paths: Record<string, '$.id' | '$.time'>): unknown {
  const event = { '$.id': '6a7e8feb-b491-4cf7-a9f1-bf3703467718', '$.time': '2026-11-20T12:00:00Z' }
  const filled = Object.entries(paths).reduce(
    (text, [name, path]) =>
      text.replaceAll(`:<${name}>`, `:"${event[path]}"`).replaceAll(`<${name}>`, event[path]),
    InputTemplate,
  )
  return JSON.parse(filled)
}

describe('the canary', () => {
  it('is a breach event with its own id and time that the contract accepts', () => {
    const rules = templateOf('prod').findResources('AWS::Events::Rule', {
      Properties: { ScheduleExpression: 'rate(1 hour)' },
    })
    const [rule] = Object.values(rules)
    const { InputTemplate, InputPathsMap } = rule?.Properties.Targets[0].InputTransformer ?? {}
    const checked = checkBreachEvent(fillIn(InputTemplate, InputPathsMap), NOW)
    if (checked.kind !== 'event') throw new Error(checked.rejection.detail)
    expect(checked.event).toMatchObject({
      source: CANARY_SOURCE,
      id: 'canary-6a7e8feb-b491-4cf7-a9f1-bf3703467718',
      time: '2026-11-20T12:00:00Z',
    })
    const address = expect.stringContaining('6a7e8feb-b491-4cf7-a9f1-bf3703467718@example.com')
    expect(checkMembers(checked.event.data.members)).toMatchObject({
      invalid: [],
      members: [{ member: { email_address: address } }],
    })
  })

  it('is not sent in a stage that asks for none', () => {
    templateOf('dev').resourceCountIs('AWS::Events::Rule', 0)
  })
})
