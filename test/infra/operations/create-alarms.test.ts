import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { type Alarm, isAlarming } from '../../cloudwatch/is-alarming.ts'
import { createMetricStore, type Metric } from '../../cloudwatch/metric-store.ts'
import { readAlarms } from '../../cloudwatch/read-alarms.ts'
import { everySetting } from '../../fixtures/stages.ts'
import { named, templateOf } from '../template-of.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const template = templateOf('prod', everySetting)
const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
  ([logicalId, { Properties }]) => [logicalId.replace(/[0-9A-F]{8}$/, ''), Properties] as const,
)
const alarm = (id: string) => alarms.find(([other]) => other === id)?.[1]

function evaluated(id: string): { alarm: Alarm; metric: Metric } {
  const found = readAlarms({ Resources: template.toJSON().Resources }).get(id)
  const [query] = found?.queries ?? []
  if (!found || !query || !('metric' in query)) throw new Error(`${id} reads no metric`)
  return { alarm: found, metric: query.metric }
}

describe('the alarms of a stage', () => {
  it.each(alarms)('%s tells the topic when it begins and when it is over', (_, properties) => {
    expect(named([properties.AlarmActions, properties.OKActions])).toEqual([['AlarmTopic'], ['AlarmTopic']])
  })

  it.each(alarms)('%s says what it means and where the runbook goes on', (_, { AlarmDescription }) => {
    expect(AlarmDescription).toMatch(
      /^[A-Z].*\. https:\/\/wiki\.corp\.example\/breach-reset\/runbook#[a-z]+$/,
    )
  })

  it('take no data as a good sign, but for the canary, whose silence is the sign', () => {
    const silent = alarms.filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching')
    expect(silent.map(([id, { TreatMissingData }]) => [id, TreatMissingData])).toEqual([
      ['NoCanary', 'breaching'],
    ])
  })

  it('count what lies on the dead-letter queue, not what is sent to it: SQS moves messages there, too', () => {
    expect(named(alarm('DeadLetterQueueNotEmpty'))).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'DeadLetterQueue.QueueName' }],
      Threshold: 0,
    })
  })

  it.each([
    ['ConfigurationFault', 1],
    ['StytchUnavailable', 1],
    ['MembersWaiting', HOUR],
    ['DependencyUnavailable', 1],
  ])('%s stays on while members that wait are tried once in 15 minutes', (id, value) => {
    const { alarm, metric } = evaluated(id)
    const store = createMetricStore()
    for (let minute = 0; minute < 300; minute += 15)
      store.put({ ...metric, unit: 'Count', at: minute * MINUTE, values: [value] })
    const minutes = Array.from({ length: 240 }, (_, minute) =>
      isAlarming(alarm, store, (60 + minute) * MINUTE),
    )
    expect(minutes).not.toContain(false)
  })

  it('sees dead letters that are left alone, also when somebody looks at them now and then', () => {
    const { alarm, metric } = evaluated('DeadLetterNearExpiry')
    const store = createMetricStore()
    for (let minute = 0; minute < 80 * 60; minute += 5)
      store.put({ ...metric, unit: 'Count', at: minute * MINUTE, values: [minute % 480 === 0 ? 0 : 3] })
    expect([71, 73, 79].map((hour) => isAlarming(alarm, store, hour * HOUR))).toEqual([false, true, true])
    expect(isAlarming(alarm, store, 82 * HOUR)).toBe(false)
  })

  it('miss no canary in a stage that sends none', () => {
    expect(Object.keys(templateOf('dev').findResources('AWS::CloudWatch::Alarm')).join()).not.toContain(
      'Canary',
    )
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

  it('is the one that the stage brings along', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:pages'
    const withOwn = templateOf('dev', { alarmTopicArn })
    withOwn.resourceCountIs('AWS::SNS::Topic', 0)
    withOwn.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [alarmTopicArn],
      OKActions: [alarmTopicArn],
    })
  })
})
