import { type Duration, type IResource, Names, Resource, Stack, Token } from 'aws-cdk-lib'
import { EventBus, EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  type IPrincipal,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import { CfnSubscription, type ITopic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { BREACH_EVENT_TYPE } from '../lib/contract/breach-event.ts'
import { canaryEvent } from '../lib/contract/canary.ts'
import { assertStage } from './assert-stage.ts'
import type { Producers } from './props.ts'
import type { Queues } from './queues.ts'
import { textOf } from './setting-types.ts'
import { allowOnKey } from './storage.ts'

/**
 * Lets the producers of the stage send to the breach queue. What a rule or a topic can't deliver goes to the dead-letter queue
 * in its envelope, and can be redriven from there. Returns the rule of their event bus, if they have one.
 */
export function openToProducers(scope: Construct, queues: Queues, producers: Producers): Rule | undefined {
  const { accounts = [], roles = [], organizationId, eventBus, topics = [] } = producers
  const { account, region, urlSuffix } = Stack.of(scope)
  assertNamable(queues.breach, 'producers.roles', roles)
  for (const queue of [queues.breach, queues.deadLetter]) {
    assertNamable(queue, 'producers.topics', topics)
    assertOtherKey(queue, topics)
  }
  const viaSqs = { 'kms:ViaService': `sqs.${region}.${urlSuffix}` }

  const named = [
    ...accounts.map((id) => new AccountPrincipal(id)),
    ...roles.map((role) => new ArnPrincipal(textOf(role, 'roleArn'))),
  ]
  if (named.length > 0) {
    allowSending(scope, [queues.breach], {
      sid: 'ProducerAccountsAndRoles',
      principals: named,
      onKey: { StringEquals: viaSqs },
    })
  }
  if (organizationId !== undefined) {
    const ofOrganization = { 'aws:PrincipalOrgID': organizationId }
    // A queue policy that names everybody needs no IAM policy in the queue's own account: every role of it could send.
    const ofAnotherAccount = { StringNotEquals: { 'aws:PrincipalAccount': account } }
    allowSending(scope, [queues.breach], {
      sid: 'ProducerOrganization',
      principals: [new AnyPrincipal()],
      onQueue: { StringEquals: ofOrganization, ...ofAnotherAccount },
      onKey: { StringEquals: { ...ofOrganization, ...viaSqs }, ...ofAnotherAccount },
    })
  }
  const rule = eventBus && forwardFromBus(scope, queues, eventBus)
  const subscriptions = new Construct(scope, 'BreachTopics')
  for (const topic of topics) {
    const topicArn = textOf(topic, 'topicArn')
    // Named after its topic. With another name, CloudFormation would get the subscription that exists, and then delete it as the old one.
    new CfnSubscription(subscriptions, toIdPart(topic, topicArn), {
      topicArn,
      protocol: 'sqs',
      endpoint: queues.breach.queueArn,
      redrivePolicy: { deadLetterTargetArn: queues.deadLetter.queueArn },
    })
  }
  if (topics.length > 0) {
    const fromTopics = { ArnEquals: { 'aws:SourceArn': topics.map((topic) => textOf(topic, 'topicArn')) } }
    allowSending(scope, [queues.breach, queues.deadLetter], {
      sid: 'ProducerTopics',
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      onQueue: fromTopics,
      onKey: fromTopics,
    })
  }
  return rule
}

/** Throws if the queue's key is in another stack of the app than the queue and would have to name something of the queue's stack. */
function assertNamable(queue: Queue, setting: string, named: readonly (IResource | string)[]): void {
  const key = queue.encryptionMasterKey
  const stack = Stack.of(queue)
  if (!key || !Resource.isOwnedResource(key) || Stack.of(key) === stack) return
  assertStage(
    !named.some((each) => typeof each !== 'string' && Stack.of(each) === stack),
    `${setting} names something of the stack ${stack.stackName}, on which the stack of the key, ${Stack.of(key).stackName}, can't depend: let that stack have it as well or, for a role, use grantSend`,
  )
}

/** Throws if a topic is encrypted with the key of a queue that it sends to, whose policy must name the topic. */
function assertOtherKey({ encryptionMasterKey: key }: Queue, topics: readonly (ITopic | string)[]): void {
  if (!key || !Resource.isOwnedResource(key)) return
  assertStage(
    !topics.some((topic) => typeof topic !== 'string' && topic.masterKey === key),
    `producers.topics has a topic that is encrypted with ${key.node.path}, as a queue it sends to, and CloudFormation could make neither first: encrypt the topic with another key`,
  )
}

/** What the id of a construct about a topic can have in it: `text` about the topic or, while that is not known, the topic's place in the app. */
export function toIdPart(topic: ITopic | string, text: string): string {
  return typeof topic === 'string' || !Token.isUnresolved(text) ? text : Names.nodeUniqueId(topic.node)
}

function forwardFromBus(
  scope: Construct,
  queues: Queues,
  { bus, sources }: NonNullable<Producers['eventBus']>,
): Rule {
  const rule = new Rule(scope, 'BreachEventRule', {
    description: 'Breach events from the event bus to the breach queue',
    eventBus: typeof bus === 'string' ? EventBus.fromEventBusName(scope, 'ProducerBus', bus) : bus,
    eventPattern: { source: [...sources], detailType: [BREACH_EVENT_TYPE] },
    targets: [
      {
        bind: () => ({
          arn: queues.breach.queueArn,
          deadLetterConfig: { arn: queues.deadLetter.queueArn },
        }),
      },
    ],
  })
  allowSending(scope, [queues.breach, queues.deadLetter], {
    sid: 'ProducerEventBus',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    onQueue: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    onKey: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  })
  return rule
}

type Conditions = Record<string, Record<string, string | string[]>>

/** Who may send to a queue, and the conditions in the policies of the queue and of the key. */
type Sender = { sid: string; principals: IPrincipal[]; onQueue?: Conditions; onKey?: Conditions }

/** Lets a sender put messages on the queues and have them encrypted with the key of each. A key that the stage names keeps its own policy. */
function allowSending(
  scope: Construct,
  queues: readonly Queue[],
  { sid, principals, onQueue, onKey }: Sender,
): void {
  for (const queue of queues) {
    queue.addToResourcePolicy(
      new PolicyStatement({
        ...{ sid, principals, actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
        ...(onQueue && { conditions: onQueue }),
      }),
    )
    if (!queue.encryptionMasterKey) continue
    allowOnKey(scope, queue.encryptionMasterKey, {
      ...{ sid, principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
      ...(onKey && { conditions: onKey }),
    })
  }
}

/** Sends a canary event to the breach queue on a schedule. No function is needed: EventBridge fills in id and time. */
export function sendCanary(scope: Construct, breachQueue: Queue, every: Duration): Rule {
  const rule = new Rule(scope, 'CanaryRule', {
    description: 'A breach event with one made-up address, to prove that the whole system works',
    schedule: Schedule.rate(every),
    targets: [
      {
        bind: () => ({
          arn: breachQueue.queueArn,
          input: RuleTargetInput.fromObject(canaryEvent(EventField.eventId, EventField.time)),
        }),
      },
    ],
  })
  allowSending(scope, [breachQueue], {
    sid: 'Canary',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    onQueue: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
    onKey: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  })
  return rule
}
