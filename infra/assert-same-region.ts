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
  { encryptionKey, breachQueueKey, alarmTopic, producers, outcomes }: Stage,
): void {
  const { region } = Stack.of(scope)
  if (Token.isUnresolved(region)) return
  const used = [
    ...[{ encryptionKey }, { breachQueueKey }, { alarmTopic }, { 'outcomes.eventBus': outcomes?.eventBus }],
    { 'producers.eventBus.bus': producers?.eventBus?.bus },
    ...(producers?.topics ?? []).map((topic) => ({ 'producers.topics': topic })),
  ].flatMap((settings) => Object.entries(settings))
  for (const [setting, resource] of used) {
    const itsRegion = typeof resource === 'string' ? regionIn(resource) : resource?.env.region
    if (itsRegion === undefined || Token.isUnresolved(itsRegion)) continue
    assertStage(
      itsRegion === region,
      `${setting} names something in ${itsRegion}, and the stack is deployed to ${region}: use one in that region`,
    )
  }
}

/** Undefined if the text is not an ARN, or is only known at deployment. */
function regionIn(arn: string): string | undefined {
  return Token.isUnresolved(arn) || !arn.startsWith('arn:') ? undefined : arn.split(':')[3]
}
