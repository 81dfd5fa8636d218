import { Duration, Stack } from 'aws-cdk-lib'
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { canaryEvent } from '../lib/contract/canary-event.ts'
import { letSend } from './let-send.ts'

/** Sends a canary event to the breach queue on a schedule, without a function of its own: EventBridge fills in id and time. */
export function sendCanary(scope: Construct, breachQueue: Queue, key: IKey, everyMinutes: number): void {
  const rule = new Rule(scope, 'CanaryRule', {
    description: 'A breach event with one made-up address, to prove that the whole way works',
    schedule: Schedule.rate(Duration.minutes(everyMinutes)),
    targets: [
      {
        bind: () => ({
          arn: breachQueue.queueArn,
          input: RuleTargetInput.fromObject(canaryEvent(EventField.eventId, EventField.time)),
        }),
      },
    ],
  })
  letSend([breachQueue], key, {
    sid: 'Canary',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    onQueue: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    onKey: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  })
}
