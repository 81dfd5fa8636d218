import { Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { demand } from './demand.ts'
import type { Stage } from './stage.ts'

/** Refuses keys and topics of another region than the stack's, when both are known: KMS, CloudWatch and a subscription's dead-letter queue can't do with them. */
export function demandSameRegion(scope: Construct, { kmsKeyArn, alarmTopicArn, producers }: Stage): void {
  const { region } = Stack.of(scope)
  const arns = {
    kmsKeyArn: [kmsKeyArn],
    alarmTopicArn: [alarmTopicArn],
    'producers.topicArns': producers?.topicArns ?? [],
  }
  for (const [knob, values] of Object.entries(arns)) {
    for (const arn of values) {
      if (arn === undefined || Token.isUnresolved(arn) || Token.isUnresolved(region)) continue
      const itsRegion = arn.split(':')[3]
      demand(
        itsRegion === region,
        `${knob} names something in ${itsRegion}, and the stack is deployed to ${region}: take one of that region`,
      )
    }
  }
}
