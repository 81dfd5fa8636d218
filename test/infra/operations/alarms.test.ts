import { App, Stack } from 'aws-cdk-lib'
import { Match } from 'aws-cdk-lib/assertions'
import { Duration } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { deliveryAlarms } from '../../../infra/operations/delivery-alarms.ts'
import type { Stage } from '../../../infra/stage.ts'
import { everySetting, stages } from '../../fixtures/stages.ts'
import { findResource, named, templateOf } from '../template-of.ts'

const template = templateOf('prod', everySetting)
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
)

describe('every alarm of a stage', () => {
  it('notifies the topic when it goes on and when it goes off', () => {
    const actions = alarms.map(({ AlarmActions, OKActions }) => named([AlarmActions, OKActions]))
    expect(new Set(actions.map((action) => JSON.stringify(action)))).toEqual(
      new Set(['[["AlarmTopic"],["AlarmTopic"]]']),
    )
  })

  it('says what it means and which section of the runbook to read', () => {
    const good = /^[A-Z].*\. https:\/\/wiki\.corp\.example\/breach-reset\/runbook#[a-z]+$/
    const descriptions = alarms.map(({ AlarmDescription }) => AlarmDescription)
    expect(descriptions.filter((description) => !good.test(description))).toEqual([])
    expect(descriptions.length).toBeGreaterThan(15)
  })

  it('takes missing data as a good sign, except that of the canary, whose silence is the sign', () => {
    const [logicalId] = findResource(template, 'AWS::CloudWatch::Alarm', 'NoCanary')
    const breaching = template.findResources('AWS::CloudWatch::Alarm', {
      Properties: { TreatMissingData: 'breaching' },
    })
    expect(Object.keys(breaching)).toEqual([logicalId])
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { TreatMissingData: 'notBreaching' },
      alarms.length - 1,
    )
  })
})

describe('single alarms', () => {
  it('count what is on the dead-letter queue, not what is sent to it: SQS itself moves messages there, too', () => {
    const [, alarm] = findResource(template, 'AWS::CloudWatch::Alarm', 'DeadLetterQueueNotEmpty')
    expect(named(alarm.Properties)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'DeadLetterQueue.QueueName' }],
      Threshold: 0,
    })
  })

  it.each([
    ...['ConfigurationFault', 'StytchUnavailable', 'MembersWaiting', 'DependencyUnavailable'],
    ...['EndSessionsConfigurationFault', 'EndSessionsStytchUnavailable', 'EndSessionsDependencyUnavailable'],
    ...['SessionsWaiting', 'SessionsLate'],
  ])(
    'look back further than the 15 minutes that may pass between two tries of a waiting member: %s',
    (id) => {
      const [, alarm] = findResource(template, 'AWS::CloudWatch::Alarm', id)
      expect(alarm.Properties.Period).toBeGreaterThan(15 * 60)
    },
  )

  it.each<[string, Partial<Stage>, string]>([
    ['end-sessions', { mode: 'enforce' }, 'end-sessions'],
    ['require-reset in a dry run, where nobody is passed on', { mode: 'dry_run' }, 'require-reset'],
    ['require-reset without end-sessions', { mode: 'enforce', endSessions: false }, 'require-reset'],
  ])('await the canary of the function that it comes to: %s', (_, settings, Value) => {
    const [, alarm] = findResource(templateOf('prod', settings), 'AWS::CloudWatch::Alarm', 'NoCanary')
    expect(JSON.stringify(alarm.Properties.Metrics)).toContain(JSON.stringify({ Name: 'service', Value }))
  })

  it('miss three canaries in a row, however often the stage sends them, and whatever came before', () => {
    const every5Minutes = templateOf('prod', { canaryEvery: Duration.minutes(5) })
    const [, alarm] = findResource(every5Minutes, 'AWS::CloudWatch::Alarm', 'NoCanary')
    expect(alarm.Properties).toMatchObject({
      EvaluationPeriods: 3,
      Metrics: [{ Expression: 'FILL(passed, 0)' }, { MetricStat: { Period: 5 * 60 } }],
    })
  })

  it.each(['security', 'aws.partner/crm/sales'])(
    'name a rule of another bus than the default one by both names: %s',
    (name) => {
      const producers = { eventBus: { bus: name, sources: ['a'] } }
      const [, alarm] = findResource(
        templateOf('prod', { producers }),
        'AWS::CloudWatch::Alarm',
        'RuleDeliveriesFailed',
      )
      const [bus, rule] = alarm.Properties.Dimensions as unknown as [
        object,
        { Value: { 'Fn::Select': [number] } },
      ]
      expect(bus).toEqual({ Name: 'EventBusName', Value: name })
      const [part] = rule.Value['Fn::Select']
      expect(`arn:aws:events:eu-west-1:111122223333:rule/${name}/the-rule`.split('/')[part]).toBe('the-rule')
    },
  )

  it('name a rule of the default bus by its name alone', () => {
    const producers = { eventBus: { bus: 'default', sources: ['a'] } }
    const [, alarm] = findResource(
      templateOf('prod', { producers }),
      'AWS::CloudWatch::Alarm',
      'RuleDeliveriesFailed',
    )
    expect(named(alarm.Properties.Dimensions)).toEqual([{ Name: 'RuleName', Value: 'BreachEventRule' }])
  })

  it('watch the topics of their own account, which counts what they can not deliver', () => {
    const topics = ['111122223333', '444455556666'].map(
      (account) => `arn:aws:sns:eu-west-1:${account}:of-${account}`,
    )
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } })
    const stage = { ...stages.prod, producers: { topics } }
    const rules = { producers: undefined, canary: undefined }
    const watched = (of: Stack) => deliveryAlarms(stage, rules, of).map(({ id }) => id)
    expect(watched(stack)).toEqual(['TopicDeliveriesFailedof-111122223333'])
    expect(watched(new Stack(new App(), 'Anywhere'))).toHaveLength(2)
  })

  it('miss no canary in a stage that sends none', () => {
    expect(Object.keys(templateOf('dev').findResources('AWS::CloudWatch::Alarm')).join()).not.toContain(
      'Canary',
    )
  })
})

describe('the thresholds of a stage', () => {
  const changed = templateOf('prod', {
    ...everySetting,
    alarmThresholds: {
      membersPer5Minutes: 1_234,
      stuckAfter: Duration.minutes(7),
      waitingAfter: Duration.minutes(90),
      sessionsLateAfter: Duration.minutes(9),
      minSuccessPercent: 81,
      maxThrottledPercent: 6,
      maxUnknownPercent: 66,
    },
  })

  it.each([
    ['MembersReceivedHigh', 1_234, 'More than 1234 members'],
    ['MembersResetHigh', 1_234, 'More than 1234 members'],
    ['BreachQueueStuck', 7 * 60, '7 minutes'],
    ['ResetQueueStuck', 7 * 60, '7 minutes'],
    ['SessionsQueueStuck', 7 * 60, '7 minutes'],
    ['MembersWaiting', 90 * 60_000, '1 hour 30 minutes'],
    ['SessionsWaiting', 90 * 60_000, '1 hour 30 minutes'],
    ['SessionsLate', 9 * 60_000, '9 minutes'],
    ['SuccessRatioLow', 81, 'Fewer than 81 %'],
    ['EndSessionsSuccessRatioLow', 81, 'Fewer than 81 %'],
    ['StytchThrottling', 6, 'more than 6 %'],
    ['EndSessionsStytchThrottling', 6, 'more than 6 %'],
    ['FewAreMembers', 66, 'more than 66 %'],
  ])('move the alarm %s to %d, and its description says so: %s', (id, threshold, text) => {
    const [, alarm] = findResource(changed, 'AWS::CloudWatch::Alarm', id)
    expect(alarm.Properties.Threshold).toBe(threshold)
    expect(alarm.Properties.AlarmDescription).toContain(text)
  })

  it('move the lines of the dashboard', () => {
    const [, dashboard] = findResource(changed, 'AWS::CloudWatch::Dashboard', 'Dashboard')
    const body = String(named(dashboard.Properties.DashboardBody)).replaceAll('\\"', '"')
    expect(body).toMatch(/"value":540,"label":"late"/)
    expect(body).toMatch(/"value":1234,"label":"alarm"/)
  })

  it('move no other alarm', () => {
    const thresholdsIn = (of: typeof template) =>
      Object.entries(of.findResources('AWS::CloudWatch::Alarm')).map(
        ([id, { Properties }]) => `${id} ${Properties.Threshold}`,
      )
    const before = new Set(thresholdsIn(template))
    expect(thresholdsIn(changed).filter((alarm) => !before.has(alarm))).toHaveLength(13)
  })
})

describe('the topic of the alarms', () => {
  it('is encrypted, mails the address of the stage, and lets only alarms of this account publish', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'soc@corp.example',
    })
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } },
          }),
        ],
      },
    })
  })

  it('is the one that the stage names', () => {
    const alarmTopic = 'arn:aws:sns:eu-central-1:111122223333:pages'
    const withOwn = templateOf('dev', { alarmTopic })
    withOwn.resourceCountIs('AWS::SNS::Topic', 0)
    withOwn.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [alarmTopic],
      OKActions: [alarmTopic],
    })
  })
})
