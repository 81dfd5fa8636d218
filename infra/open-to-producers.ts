import { Stack } from 'aws-cdk-lib'
import { EventBus, Rule } from 'aws-cdk-lib/aws-events'
import { AccountPrincipal, AnyPrincipal, ArnPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { CfnSubscription } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { BREACH_EVENT_TYPE } from '../lib/contract/breach-event.ts'
import type { Queues } from './create-queues.ts'
import { letSend } from './let-send.ts'
import type { Producers } from './producers.ts'

/**
 * Lets the stage's producers send to the breach queue. What a rule or a topic can't deliver goes to the dead-letter queue,
 * in its envelope, and can be redriven from there.
 */
export function openToProducers(scope: Construct, queues: Queues, key: IKey, producers: Producers): void {
  const { accounts = [], roleArns = [], organizationId, eventBus, topicArns = [] } = producers
  const { account, region, urlSuffix } = Stack.of(scope)
  const viaSqs = { 'kms:ViaService': `sqs.${region}.${urlSuffix}` }

  const named = [
    ...accounts.map((id) => new AccountPrincipal(id)),
    ...roleArns.map((arn) => new ArnPrincipal(arn)),
  ]
  if (named.length > 0) {
    letSend([queues.breach], key, {
      sid: 'ProducerAccountsAndRoles',
      principals: named,
      onKey: { StringEquals: viaSqs },
    })
  }
  if (organizationId !== undefined) {
    const ofOrganization = { 'aws:PrincipalOrgID': organizationId }
    letSend([queues.breach], key, {
      sid: 'ProducerOrganization',
      principals: [new AnyPrincipal()],
      onQueue: { StringEquals: ofOrganization },
      onKey: { StringEquals: { ...ofOrganization, ...viaSqs } },
    })
  }
  if (eventBus) {
    const rule = new Rule(scope, 'BreachEventRule', {
      description: 'Breach events from the event bus to the breach queue',
      eventBus: EventBus.fromEventBusName(scope, 'ProducerBus', eventBus.name),
      eventPattern: { source: [...eventBus.sources], detailType: [BREACH_EVENT_TYPE] },
      targets: [
        {
          bind: () => ({
            arn: queues.breach.queueArn,
            deadLetterConfig: { arn: queues.deadLetter.queueArn },
          }),
        },
      ],
    })
    letSend([queues.breach, queues.deadLetter], key, {
      sid: 'ProducerEventBus',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      onQueue: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      onKey: { StringEquals: { 'aws:SourceAccount': account } },
    })
  }
  const subscriptions = new Construct(scope, 'BreachTopics')
  for (const topicArn of topicArns) {
    // Named after its topic: under an index, leaving one topic out would have CloudFormation unsubscribe another.
    new CfnSubscription(subscriptions, topicArn, {
      topicArn,
      protocol: 'sqs',
      endpoint: queues.breach.queueArn,
      redrivePolicy: { deadLetterTargetArn: queues.deadLetter.queueArn },
    })
  }
  if (topicArns.length > 0) {
    const fromTopics = { ArnEquals: { 'aws:SourceArn': [...topicArns] } }
    letSend([queues.breach, queues.deadLetter], key, {
      sid: 'ProducerTopics',
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      onQueue: fromTopics,
      onKey: fromTopics,
    })
  }
}
