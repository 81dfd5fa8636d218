import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import type { Stage } from './stage.ts'

/**
 * The one key for queues, ledger, secrets, logs and alarms: the stage's own, or a new one that is rotated every year.
 * Not AWS's `alias/aws/sqs`: its policy can't be changed, so that no other account, topic or rule could send.
 */
export function createEncryptionKey(scope: Construct, stage: Stage): IKey {
  if (stage.kmsKeyArn !== undefined) return Key.fromKeyArn(scope, 'Key', stage.kmsKeyArn)
  const { region, account, partition, stackName, urlSuffix } = Stack.of(scope)
  const key = new Key(scope, 'Key', {
    description: `Breach Reset: queues, ledger, secrets, logs and alarms of ${stackName}`,
    enableKeyRotation: true,
    removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroupsOfThisStack',
      principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
      // As CloudWatch Logs asks for them; in a key's policy, * means this key.
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:${stackName}-*`,
        },
      },
    }),
  )
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmTopicOfThisStack',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      // SNS always names the topic; that CloudWatch names the account to KMS is documented nowhere.
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:sns:topicArn': `arn:${partition}:sns:${region}:${account}:${stackName}-*`,
        },
      },
    }),
  )
  return key
}
