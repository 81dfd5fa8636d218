import { Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { assertStage } from './assert-stage.ts'
import type { Stage } from './stage.ts'

/**
 * Throws if a key, topic or event bus is in another region than the stack, as far as both are known: nothing of the stack can use it
 * there.
 */
export function assertSameRegion(
  scope: Construct,
  { kmsKeyArn, breachKmsKeyArn, alarmTopicArn, producers, outcomes }: Stage,
): void {
  const { region } = Stack.of(scope)
  if (Token.isUnresolved(region)) return
  const arns = [
    ['kmsKeyArn', kmsKeyArn],
    ['breachKmsKeyArn', breachKmsKeyArn],
    ['alarmTopicArn', alarmTopicArn],
    ['outcomes.eventBus', outcomes?.eventBus],
    ...(producers?.topicArns ?? []).map((arn) => ['producers.topicArns', arn]),
  ]
  for (const [setting, arn] of arns) {
    if (!arn?.startsWith('arn:') || Token.isUnresolved(arn)) continue
    const regionOfArn = arn.split(':')[3]
    assertStage(
      regionOfArn === region,
      `${setting} names something in ${regionOfArn}, and the stack is deployed to ${region}: use one in that region`,
    )
  }
}
