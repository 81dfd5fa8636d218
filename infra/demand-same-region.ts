import { Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { demand } from './demand.ts'
import type { Stage } from './stage.ts'

/** Refuses keys and topics of another region than the stack's, when both are known: KMS, CloudWatch and a subscription's dead-letter queue can't do with them. */
export function demandSameRegion(scope: Construct, { kmsKeyArn, alarmTopicArn, producers }: Stage): void {
  const { region } = Stack.of(scope)
  if (Token.isUnresolved(region)) return
  const arns = [
    ['kmsKeyArn', kmsKeyArn],
    ['alarmTopicArn', alarmTopicArn],
    ...(producers?.topicArns ?? []).map((arn) => ['producers.topicArns', arn]),
  ]
  for (const [knob, arn] of arns) {
    if (arn === undefined || Token.isUnresolved(arn)) continue
    const itsRegion = arn.split(':')[3]
    demand(
      itsRegion === region,
      `${knob} names something in ${itsRegion}, and the stack is deployed to ${region}: take one of that region`,
    )
  }
}
