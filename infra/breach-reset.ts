import { Stack, Tags, Token } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { demand, deriveSettings } from './derive-settings.ts'
import { createFunctions, type Functions } from './functions.ts'
import { openToProducers, sendCanary } from './open-to-producers.ts'
import { createAlarms, createAlarmTopic } from './operations/alarms.ts'
import { createDashboard } from './operations/dashboard.ts'
import { saveQueries } from './operations/save-queries.ts'
import { connect, createQueues, type Queues } from './queues.ts'
import type { Stage } from './stage.ts'
import { createEncryptionKey, createLedger, createQuota, createSecrets, type Secrets } from './storage.ts'

export type BreachResetProps = {
  /** Tells stages apart in metrics and in the names of dashboard and queries: one of each name in an account and region. */
  stageName: string
  stage: Stage
}

/**
 * Breach Reset for a stack of any CDK app. Throws a sentence when the stage can't work.
 * To let a role of the same app send events: `queues.breach.grantSendMessages(role)`.
 */
export class BreachReset extends Construct {
  readonly stageName: string
  readonly stage: Stage
  readonly key: IKey
  readonly queues: Queues
  readonly ledger: Table
  readonly secrets: Secrets
  readonly functions: Functions
  readonly alarmTopic: ITopic

  constructor(scope: Construct, id: string, { stageName, stage }: BreachResetProps) {
    super(scope, id)
    const settings = deriveSettings(stage)
    demandSameRegion(this, stage)
    demand(/^[\w-]{1,64}$/.test(stageName), 'its name must be 1 to 64 letters, digits, _ and -')
    const others = Stack.of(this)
      .node.findAll()
      .filter((other) => other instanceof BreachReset)
    demand(
      others.every((other) => other.stageName !== stageName),
      `stageName ${stageName} is taken in this stack, and both would count into the same metrics: take another`,
    )
    const key = createEncryptionKey(this, stage)
    const queues = createQueues(this, { stage, settings, key })
    const ledger = createLedger(this, stage, key)
    const secrets = createSecrets(this, stage, key)
    const quota = createQuota(this, stage, key)
    const parts = { stage, settings, key, queues, ledger, secrets, quota }
    const functions = createFunctions(this, { stageName, ...parts })
    connect({ ...parts, functions })
    if (stage.producers) openToProducers(this, queues, key, stage.producers)
    const alarmTopic = createAlarmTopic(this, stage, key)
    const alarms = createAlarms(this, { stageName, stage, queues, functions, topic: alarmTopic })
    createDashboard(this, { stageName, stage, queues, functions, alarms })
    saveQueries(this, stageName, functions)
    if (stage.canaryEveryMinutes) sendCanary(this, queues.breach, key, stage.canaryEveryMinutes)

    for (const [name, value] of Object.entries(stage.tags ?? {})) Tags.of(this).add(name, value)
    if (stage.permissionsBoundaryArn !== undefined) {
      const boundary = ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', stage.permissionsBoundaryArn)
      PermissionsBoundary.of(this).apply(boundary)
    }
    this.stageName = stageName
    this.stage = stage
    this.key = key
    this.queues = queues
    this.ledger = ledger
    this.secrets = secrets
    this.functions = functions
    this.alarmTopic = alarmTopic
  }
}

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
