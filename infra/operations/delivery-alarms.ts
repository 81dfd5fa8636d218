import { ArnFormat, Duration, Fn, type Stack, Token } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Rule } from 'aws-cdk-lib/aws-events'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { toIdPart } from '../open-to-producers.ts'
import { textOf } from '../setting-types.ts'
import type { Stage } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'

/** The rules that send to the breach queue, as far as the stage has them. */
export type Rules = { producers: Rule | undefined; canary: Rule | undefined }

/** What EventBridge and SNS could not deliver to the breach queue: no function and no queue knows of it. */
export function deliveryAlarms({ producers: named }: Stage, rules: Rules, stack: Stack): AlarmDefinition[] {
  const { eventBus, topics = [] } = named ?? {}
  return [
    ...(rules.producers && eventBus
      ? [
          ruleAlarm(
            'RuleDeliveriesFailed',
            dimensionsOf(rules.producers, textOf(eventBus.bus, 'eventBusName')),
          ),
        ]
      : []),
    ...(rules.canary ? [ruleAlarm('CanaryDeliveriesFailed', { RuleName: rules.canary.ruleName })] : []),
    ...topics.filter((topic) => isOfAccount(topic, stack)).map((topic) => topicAlarm(topic, stack)),
  ]
}

const SECTION = 'DeliveriesFailed'
const PERIOD = Duration.minutes(5)

function ruleAlarm(id: string, dimensionsMap: Record<string, string>): AlarmDefinition {
  return {
    ...{ id, section: SECTION },
    meaning: 'EventBridge could not deliver an event to the breach queue: nobody in it is known here.',
    metric: new Metric({
      ...{ namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap },
      ...{ statistic: Stats.SUM, period: PERIOD },
    }),
    threshold: 0,
  }
}

/** EventBridge counts the rules of another bus than the default one under both names. The rule's own name is the last part of its ARN. */
function dimensionsOf(rule: Rule, EventBusName: string): Record<string, string> {
  if (EventBusName === 'default') return { RuleName: rule.ruleName }
  const parts = EventBusName.split('/').length
  return { EventBusName, RuleName: Fn.select(1 + parts, Fn.split('/', rule.ruleArn)) }
}

function topicAlarm(topic: ITopic | string, stack: Stack): AlarmDefinition {
  const TopicName = partsOf(topic, stack).resource
  return {
    id: `Topic${SECTION}${toIdPart(topic, TopicName)}`,
    section: SECTION,
    meaning: `SNS could not deliver a message of the topic ${TopicName} to a subscriber, which can be the breach queue.`,
    metric: new Metric({
      ...{ namespace: 'AWS/SNS', metricName: 'NumberOfNotificationsFailed', dimensionsMap: { TopicName } },
      ...{ statistic: Stats.SUM, period: PERIOD },
    }),
    threshold: 0,
  }
}

function partsOf(topic: ITopic | string, stack: Stack) {
  return stack.splitArn(textOf(topic, 'topicArn'), ArnFormat.NO_RESOURCE_NAME)
}

/** SNS counts in the account of the topic. As long as that of the stack is not known, a topic may be its own. */
function isOfAccount(topic: ITopic | string, stack: Stack): boolean {
  const { account = stack.account } = partsOf(topic, stack)
  return Token.isUnresolved(stack.account) || Token.isUnresolved(account) || account === stack.account
}
