import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { Role } from 'aws-cdk-lib/aws-iam'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Construct } from 'constructs'
import { BreachReset } from './breach-reset.ts'
import { everyFunction } from './functions.ts'
import type { BreachResetProps } from './props.ts'
import { toStage } from './stage.ts'

/** What `cdk deploy` deploys: Breach Reset in its own stack, with what operators need in the outputs. */
export class BreachResetStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stageName, stage: settings, ...props }: StackProps & { stageName: string; stage: BreachResetProps },
  ) {
    const stage = toStage(settings)
    super(scope, id, {
      description: `Breach Reset, stage ${stageName}: resets the Stytch passwords of breached members and ends their sessions`,
      terminationProtection: stage.retainData,
      ...props,
    })
    // CDK leaves 'Default' out of logical ids, so resources are named as if they were in the stack itself.
    const parts = new BreachReset(this, 'Default', { ...settings, stageName })
    const { key, breachKey, queues, ledger, progress, secrets, functions, mappings, alarmTopic } = parts

    const { sessions } = queues
    const { endSessions } = functions
    const outputs = {
      Mode: stage.mode,
      BreachQueueUrl: queues.breach.queueUrl,
      BreachQueueArn: queues.breach.queueArn,
      ResetQueueUrl: queues.reset.queueUrl,
      ResetQueueArn: queues.reset.queueArn,
      ...(sessions && { SessionsQueueUrl: sessions.queueUrl, SessionsQueueArn: sessions.queueArn }),
      DeadLetterQueueUrl: queues.deadLetter.queueUrl,
      DeadLetterQueueArn: queues.deadLetter.queueArn,
      RehearsedQueueUrl: queues.rehearsed.queueUrl,
      LedgerTableName: ledger.tableName,
      ProgressTableName: progress.tableName,
      KeyArn: key.keyArn,
      BreachKeyArn: breachKey.keyArn,
      StytchSecretArn: secrets.stytchSecret.secretArn,
      LedgerKeyArn: secrets.ledgerKey.secretArn,
      AlarmTopicArn: alarmTopic.topicArn,
      FanOutLogGroup: functions.fanOut.logGroup.logGroupName,
      RequireResetLogGroup: functions.requireReset.logGroup.logGroupName,
      ...(endSessions && { EndSessionsLogGroup: endSessions.logGroup.logGroupName }),
      FanOutMapping: mappings.fanOut,
      RequireResetMapping: mappings.requireReset,
      ...(mappings.endSessions && { EndSessionsMapping: mappings.endSessions }),
      FunctionRoleIds: everyFunction(functions).map(roleIdOf).join(),
      MaxMembersPerEvent: String(stage.maxMembersPerEvent),
      ...(stage.maxMembersPerHour && { MaxMembersPerHour: String(stage.maxMembersPerHour) }),
      StytchRequestsPerSecond: String(stage.stytchRequestsPerSecond),
      FunctionTimeoutSeconds: String(stage.functionTimeout.toSeconds()),
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}

/** The id by which SQS names a function as the sender of a message. */
function roleIdOf({ role }: NodejsFunction): string {
  if (!(role instanceof Role)) throw new Error('a function has a role of ours')
  return role.roleId
}
