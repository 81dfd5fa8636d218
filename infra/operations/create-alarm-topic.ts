import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import type { Stage } from '../stage.ts'

/** The topic that every alarm goes to: the stage's own, or a new encrypted one that only alarms of this account may publish to. */
export function createAlarmTopic(scope: Construct, stage: Stage, masterKey: IKey): ITopic {
  if (stage.alarmTopicArn !== undefined) return Topic.fromTopicArn(scope, 'AlarmTopic', stage.alarmTopicArn)
  const { partition, region, account } = Stack.of(scope)
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true })
  topic.applyRemovalPolicy(RemovalPolicy.DESTROY)
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
  if (stage.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmEmail))
  else {
    Annotations.of(scope).addWarningV2(
      'breach-reset:nobody-hears-alarms',
      'nobody is told of alarms: set alarmEmail or alarmTopicArn in the stage, or subscribe to the output AlarmTopicArn',
    )
  }
  return topic
}
