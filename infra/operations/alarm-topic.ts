import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import type { Stage } from '../stage.ts'
import { letAlarmsEncrypt } from '../storage.ts'

/**
 * The topic that gets every alarm: the one that the stage names, or a new one, encrypted with `masterKey`, to which only alarms of
 * this account may publish. That of the app lets them publish, too; that of an ARN stays as it is. Warns at synthesis when nobody would hear the alarms.
 */
export function createAlarmTopic(scope: Construct, stage: Stage, masterKey: IKey): ITopic {
  const { alarmTopic, alarmEmail } = stage
  if (typeof alarmTopic === 'string') return Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopic)
  if (alarmTopic !== undefined) {
    letAlarmsPublish(scope, alarmTopic)
    if (alarmTopic.masterKey !== undefined) letAlarmsEncrypt(scope, alarmTopic.masterKey, '*')
    return alarmTopic
  }
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true })
  topic.applyRemovalPolicy(RemovalPolicy.DESTROY)
  letAlarmsPublish(scope, topic)
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail))
  else {
    Annotations.of(scope).addWarningV2(
      'breach-reset:nobody-hears-alarms',
      'nobody gets the alarms: set alarmEmail or alarmTopic, or subscribe to the topic (output AlarmTopicArn)',
    )
  }
  return topic
}

/**
 * Adds to the policy of a topic. SNS's default policy would do without, but a topic loses that with the first statement
 * of its own, such as that of `enforceSSL`, and then all alarms without a word.
 */
function letAlarmsPublish(scope: Construct, topic: ITopic): void {
  const { partition, region, account } = Stack.of(scope)
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    }),
  )
}
