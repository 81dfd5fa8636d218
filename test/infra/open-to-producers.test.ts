import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import { everyKnob } from './every-knob.ts'
import { named, templateOf } from './template-of.ts'

type Statement = { Sid?: string; Effect: string; Action: unknown; Principal: unknown; Condition: unknown }

const template = templateOf('prod', everyKnob)
const policyOf = (prefix: string) => {
  const resources = {
    ...template.findResources('AWS::SQS::QueuePolicy'),
    ...template.findResources('AWS::KMS::Key'),
  }
  const [, policy] = Object.entries(resources).find(([id]) => id.startsWith(prefix)) ?? []
  const { PolicyDocument, KeyPolicy = PolicyDocument } = policy?.Properties ?? {}
  const statements = named(KeyPolicy.Statement) as Statement[]
  return Object.fromEntries(statements.map(({ Sid, ...statement }) => [Sid, statement]))
}
const breachQueue = policyOf('BreachQueuePolicy')
const key = policyOf('Key')
const viaSqs = { 'kms:ViaService': 'sqs.AWS::Region.AWS::URLSuffix' }
const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage' }
const ENCRYPT = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }

describe('the producers of a stage', () => {
  it('may send from their accounts and roles, and have their messages encrypted', () => {
    const principals = [
      'arn:AWS::Partition:iam::111122223333:root',
      'arn:aws:iam::444455556666:role/detector',
    ]
    expect(breachQueue.ProducerAccountsAndRoles).toMatchObject({ ...SEND, Principal: { AWS: principals } })
    expect(key.ProducerAccountsAndRoles).toMatchObject({
      ...ENCRYPT,
      Principal: { AWS: principals },
      Condition: { StringEquals: viaSqs },
    })
  })

  it('may send from any account of their organization, and from no other', () => {
    const ofOrganization = { 'aws:PrincipalOrgID': 'o-abcdef1234' }
    expect(breachQueue.ProducerOrganization).toMatchObject({
      ...SEND,
      Principal: { AWS: '*' },
      Condition: { StringEquals: ofOrganization },
    })
    expect(key.ProducerOrganization).toMatchObject({
      ...ENCRYPT,
      Condition: { StringEquals: { ...ofOrganization, ...viaSqs } },
    })
  })

  it('may put our events of their sources on the event bus; what can not be delivered is dead-lettered', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'security',
      EventPattern: { source: ['stealer-log-feed'], 'detail-type': [BREACH_EVENT_TYPE] },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    })
    const fromRule = { ...SEND, Condition: { ArnEquals: { 'aws:SourceArn': 'BreachEventRule.Arn' } } }
    expect(breachQueue.ProducerEventBus).toMatchObject(fromRule)
    expect(policyOf('DeadLetterQueuePolicy').ProducerEventBus).toMatchObject(fromRule)
    expect(key.ProducerEventBus).toMatchObject({
      ...ENCRYPT,
      Condition: { StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' } },
    })
  })

  it('may publish to their topics; what can not be delivered is dead-lettered', () => {
    const topicArns = everyKnob.producers?.topicArns ?? []
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      TopicArn: topicArns[0],
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    })
    const Condition = { ArnEquals: { 'aws:SourceArn': topicArns } }
    expect(breachQueue.ProducerTopics).toMatchObject({ ...SEND, Condition })
    expect(policyOf('DeadLetterQueuePolicy').ProducerTopics).toMatchObject({ ...SEND, Condition })
    expect(key.ProducerTopics).toMatchObject({ ...ENCRYPT, Condition })
  })

  it('keep their subscription, under its logical id, whichever other topics come and go', () => {
    const [a, b] = ['breach-events', 'breachevents'].map(
      (name) => `arn:aws:sns:eu-central-1:111122223333:${name}`,
    ) as [string, string]
    const idsOf = (topicArns: string[]) =>
      Object.keys(templateOf('dev', { producers: { topicArns } }).findResources('AWS::SNS::Subscription'))
    expect(idsOf([a, b])).toEqual(idsOf([b, a]).toReversed())
    expect(idsOf([a, b])).toContain(idsOf([b])[0])
  })

  it('never may send to the reset queue', () => {
    expect(Object.keys(policyOf('ResetQueuePolicy'))).toEqual(['undefined', 'OnlyTheTwoFunctionsSend'])
  })

  it('are nobody, when the stage names nobody', () => {
    const { Statement } = Object.values(templateOf('dev').findResources('AWS::SQS::QueuePolicy'))[0]
      ?.Properties.PolicyDocument ?? { Statement: [] }
    expect((Statement as Statement[]).map(({ Effect }) => Effect)).toEqual(['Deny'])
  })
})
