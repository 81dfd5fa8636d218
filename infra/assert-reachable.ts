import { Stack, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { assertStage } from './assert-stage.ts'
import type { Stage } from './stage.ts'

/** Throws if nothing of the stack can use a key, topic or event bus from where it is deployed, as far as both places are known. */
export function assertReachable(scope: Construct, stage: Stage): void {
  assertSameRegion(scope, stage)
  assertOwnBus(scope, stage)
}

function assertSameRegion(
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

/** A rule is on a bus of its own account. */
function assertOwnBus(scope: Construct, { producers }: Stage): void {
  const bus = producers?.eventBus?.bus
  const { account } = Stack.of(scope)
  if (bus === undefined || typeof bus === 'string') return
  if (Token.isUnresolved(account) || Token.isUnresolved(bus.env.account)) return
  assertStage(
    bus.env.account === account,
    `producers.eventBus.bus is of account ${bus.env.account}, and the stack is deployed to ${account}: let a rule there send to a bus of this account, and name that`,
  )
}

/** Undefined if the text is not an ARN, or is only known at deployment. */
function regionIn(arn: string): string | undefined {
  return Token.isUnresolved(arn) || !arn.startsWith('arn:') ? undefined : arn.split(':')[3]
}
