import { Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { assertStage } from './assert-stage.ts'
import type { Stage } from './stage.ts'

/**
 * Throws if a key or topic is in another region than the stack, as far as both are known: KMS, CloudWatch and SNS can't use it
 * there.
 */
export function assertSameRegion(scope: Construct, { kmsKeyArn, alarmTopicArn, producers }: Stage): void {
  const { region } = Stack.of(scope)
  if (Token.isUnresolved(region)) return
  const arns = [
    ['kmsKeyArn', kmsKeyArn],
    ['alarmTopicArn', alarmTopicArn],
    ...(producers?.topicArns ?? []).map((arn) => ['producers.topicArns', arn]),
  ]
  for (const [setting, arn] of arns) {
    if (arn === undefined || Token.isUnresolved(arn)) continue
    const regionOfArn = arn.split(':')[3]
    assertStage(
      regionOfArn === region,
      `${setting} names something in ${regionOfArn}, and the stack is deployed to ${region}: use one in that region`,
    )
  }
}
