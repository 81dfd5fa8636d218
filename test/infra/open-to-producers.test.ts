import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { checkBreachEvent, checkMembers } from '../../lib/contract/check-breach-event.ts'
import { everySetting } from '../fixtures/stages.ts'
import { statementsIn, templateOf } from './template-of.ts'

const template = templateOf('prod', everySetting)

it('a stage that names no producers lets nobody send: the policy of its breach queue only denies', () => {
  const statements = statementsIn(templateOf('dev'), 'AWS::SQS::QueuePolicy', 'BreachQueuePolicy')
  expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny'])
})

describe('the event bus and the topics of a stage', () => {
  it('forward our events of their sources from the bus; an event that can not be delivered is dead-lettered', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'security',
      EventPattern: { source: ['stealer-log-feed'], 'detail-type': [BREACH_EVENT_TYPE] },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    })
  })

  it('forward what is published to the topics; a message that can not be delivered is dead-lettered', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      TopicArn: everySetting.producers?.topics?.[0],
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    })
  })

  it('keep each subscription under its logical id when other topics come and go', () => {
    const [a, b] = ['breach-events', 'breachevents'].map(
      (name) => `arn:aws:sns:eu-central-1:111122223333:${name}`,
    ) as [string, string]
    const idsOf = (topics: string[]) =>
      Object.keys(templateOf('dev', { producers: { topics } }).findResources('AWS::SNS::Subscription'))
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
