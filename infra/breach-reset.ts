import { Stack, Tags } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { assertSameRegion } from './assert-same-region.ts'
import { assertStage } from './assert-stage.ts'
import { deriveSettings } from './derive-settings.ts'
import { createFunctions, type Functions } from './functions.ts'
import { openToProducers, sendCanary } from './open-to-producers.ts'
import { createAlarmTopic } from './operations/alarm-topic.ts'
import { createAlarms } from './operations/alarms.ts'
import { createDashboard } from './operations/dashboard.ts'
import { saveQueries } from './operations/queries.ts'
import { connectFunctions, type Mappings } from './permissions.ts'
import { createQueues, type Queues } from './queues.ts'
import type { Stage } from './stage.ts'
import {
  createBreachKey,
  createEncryptionKey,
  createLedger,
  createProgress,
  createQuota,
  createSecrets,
  type Secrets,
} from './storage.ts'

export type BreachResetProps = {
  /** Distinguishes stages in metrics and in the names of dashboard and queries: use each name once per account and region. */
  stageName: string
  stage: Stage
}

/**
 * Breach Reset for a stack of any CDK app. Throws an Error that says what to change when the stage can't work.
 * To let a role of the same app send events: `queues.breach.grantSendMessages(role)`.
 */
export class BreachReset extends Construct {
  readonly stageName: string
  readonly stage: Stage
  readonly key: IKey
  /** Of the breach queue alone, which producers use. */
  readonly breachKey: IKey
  readonly queues: Queues
  readonly ledger: Table
  readonly progress: Table
  readonly secrets: Secrets
  readonly functions: Functions
  readonly mappings: Mappings
  readonly alarmTopic: ITopic

  constructor(scope: Construct, id: string, { stageName, stage }: BreachResetProps) {
    super(scope, id)
    const settings = deriveSettings(stage)
    assertSameRegion(this, stage)
    assertStageName(this, stageName)

    const key = createEncryptionKey(this, stage)
    const breachKey = createBreachKey(this, stage, key)
    const queues = createQueues(this, { stage, settings, key, breachKey })
    const ledger = createLedger(this, stage, key)
    const progress = createProgress(this, stage, key)
    const secrets = createSecrets(this, stage, key)
    const quota = createQuota(this, stage, key)
    const parts = { stage, settings, key, queues, ledger, progress, secrets, quota }
    const functions = createFunctions(this, { stageName, ...parts })
    const mappings = connectFunctions(functions, parts)
    const rules = {
      producers: stage.producers && openToProducers(this, queues, stage.producers),
      canary: stage.canaryEveryMinutes
        ? sendCanary(this, queues.breach, stage.canaryEveryMinutes)
        : undefined,
    }
    const alarmTopic = createAlarmTopic(this, stage, key)
    const alarms = createAlarms(this, { stageName, stage, queues, functions, rules, topic: alarmTopic })
    createDashboard(this, { stageName, stage, queues, functions, alarms })
    saveQueries(this, stageName, functions)

    applyAccountRules(this, stage)
    this.stageName = stageName
    this.stage = stage
    this.key = key
    this.breachKey = breachKey
    this.queues = queues
    this.ledger = ledger
    this.progress = progress
    this.secrets = secrets
    this.functions = functions
    this.mappings = mappings
    this.alarmTopic = alarmTopic
  }
}

/** Throws unless the name can be part of a dashboard's name and is the only one of its kind in the stack. */
function assertStageName(scope: Construct, stageName: string): void {
  assertStage(/^[\w-]{1,64}$/.test(stageName), 'its name must be 1 to 64 letters, digits, _ and -')
  const others = Stack.of(scope)
    .node.findAll()
    .filter((other) => other instanceof BreachReset)
  assertStage(
    others.every((other) => other.stageName !== stageName),
    `stageName ${stageName} is taken in this stack, and both would count into the same metrics: use another`,
  )
}

/** Puts the tags of the stage on every resource, and its permissions boundary on every role. */
function applyAccountRules(scope: Construct, { tags = {}, permissionsBoundaryArn }: Stage): void {
  for (const [name, value] of Object.entries(tags)) Tags.of(scope).add(name, value)
  if (permissionsBoundaryArn === undefined) return
  const boundary = ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', permissionsBoundaryArn)
  PermissionsBoundary.of(scope).apply(boundary)
}
