import { CfnOutput, type Stack } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Role } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { assertStage } from './assert-stage.ts'
import { everyFunction, type Functions } from './functions.ts'
import type { Mappings } from './permissions.ts'
import type { Queues } from './queues.ts'
import type { Stage } from './stage.ts'
import type { Secrets } from './storage.ts'

/** Outputs what operators need, by the names under which the command `breach-reset` looks for it. */
export function createOutputs(
  stack: Stack,
  stage: Stage,
  { key, breachKey, queues, ledger, progress, secrets, functions, mappings, alarmTopic }: Parts,
): void {
  assertStage(
    stack.node.tryFindChild('BreachQueueUrl') === undefined,
    `addOutputs was called for the stack ${stack.stackName} before, and names of outputs are fixed: call it once in a stack`,
  )
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
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value })
}

type Parts = {
  key: IKey
  breachKey: IKey
  queues: Queues
  ledger: Table
  progress: Table
  secrets: Secrets
  functions: Functions
  mappings: Mappings
  alarmTopic: ITopic
}

/** The id by which SQS names a function as the sender of a message. */
function roleIdOf({ role }: NodejsFunction): string {
  if (!(role instanceof Role)) throw new Error('a function has a role of ours')
  return role.roleId
}
