import { Duration, Names, Stack, Tags } from 'aws-cdk-lib'
import { type Dashboard, type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { type Grant, type IGrantable, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { MetricName } from '../lib/observability/observe.ts'
import { assertReachable } from './assert-reachable.ts'
import { assertStage } from './assert-stage.ts'
import { deriveSettings } from './derive-settings.ts'
import { createFunctions, type Functions } from './functions.ts'
import { openToProducers, sendCanary } from './open-to-producers.ts'
import { createAlarmTopic } from './operations/alarm-topic.ts'
import { type Alarms, createAlarms } from './operations/alarms.ts'
import { createDashboard } from './operations/dashboard.ts'
import { type Emitter, ownMetric } from './operations/own-metric.ts'
import { saveQueries } from './operations/queries.ts'
import { createOutputs } from './outputs.ts'
import { connectFunctions, type Mappings } from './permissions.ts'
import type { BreachResetProps } from './props.ts'
import { createQueues, type Queues } from './queues.ts'
import { type Stage, toStage } from './stage.ts'
import {
  createBreachKey,
  createEncryptionKey,
  createLedger,
  createProgress,
  createQuota,
  createSecrets,
  type Secrets,
} from './storage.ts'

export type { Functions } from './functions.ts'
export type { Alarms } from './operations/alarms.ts'
export type { Mappings } from './permissions.ts'
export type * from './props.ts'
export type { Queues } from './queues.ts'
export type { Secrets } from './storage.ts'

/**
 * Breach Reset for a stack of any CDK app. Throws an Error that says what to change when the settings can't work.
 * What it is made of is public, to be granted, watched or overridden.
 */
export class BreachReset extends Construct {
  /** By which metrics, dashboard and queries are named. */
  readonly stageName: string
  /** The key of ledger, tables, secrets, logs, alarms and every queue but the breach queue. */
  readonly key: IKey
  /** The key of the breach queue alone, which producers use. */
  readonly breachKey: IKey
  /** Producers send to `queues.breach`; who could not be reset is on `queues.deadLetter`. */
  readonly queues: Queues
  /** Who was reset, and when, without names. */
  readonly ledger: Table
  /** What became of each event, without names. `breach-reset status` and `report` read it. */
  readonly progress: Table
  /** `stytchSecret` is filled in after the first deployment; `ledgerKey` is never touched. */
  readonly secrets: Secrets
  /** The Lambda functions, one per step. */
  readonly functions: Functions
  /** The ids of the event source mappings, by which functions are paused. */
  readonly mappings: Mappings
  /** The topic that gets every alarm. */
  readonly alarmTopic: ITopic
  /** Every alarm by its id, such as `DeadLetterQueueNotEmpty`; docs/runbook.md has a section for each. */
  readonly alarms: Alarms
  /** The state of all alarms, outcomes, rates and backlog; `addWidgets` adds yours below. */
  readonly dashboard: Dashboard
  private readonly stage: Stage

  constructor(scope: Construct, id: string, props: BreachResetProps) {
    super(scope, id)
    const stage = toStage(props)
    const settings = deriveSettings(stage)
    assertReachable(this, stage)
    const stageName = stage.stageName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' })
    assertUnused(this, stageName)

    this.stage = stage
    this.stageName = stageName
    this.key = createEncryptionKey(this, stage)
    this.breachKey = createBreachKey(this, stage, this.key)
    this.queues = createQueues(this, { stage, settings, key: this.key, breachKey: this.breachKey })
    this.ledger = createLedger(this, stage, this.key)
    this.progress = createProgress(this, stage, this.key)
    this.secrets = createSecrets(this, stage, this.key)
    const { key, queues, ledger, progress, secrets } = this
    const quota = createQuota(this, stage, key)
    const parts = { stage, settings, key, queues, ledger, progress, secrets, quota }
    this.functions = createFunctions(this, { stageName, ...parts })
    this.mappings = connectFunctions(this.functions, parts)
    const rules = {
      producers: stage.producers && openToProducers(this, queues, stage.producers),
      canary: stage.canaryEvery && sendCanary(this, queues.breach, stage.canaryEvery),
    }
    this.alarmTopic = createAlarmTopic(this, stage, key)
    const watched = { stageName, stage, queues, functions: this.functions }
    this.alarms = createAlarms(this, { ...watched, rules, topic: this.alarmTopic })
    this.dashboard = createDashboard(this, { ...watched, alarms: this.alarms })
    saveQueries(this, stageName, this.functions)
    applyAccountRules(this, stage)
  }

  /** Lets a principal send breach events: on the queue and with its key, and nothing else. In one of another account, it needs an IAM policy there, too. */
  grantSend(grantee: IGrantable): Grant {
    return this.queues.breach
      .grant(grantee, 'sqs:SendMessage')
      .combine(this.breachKey.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey'))
  }

  /**
   * Adds outputs to the stack, by which the command finds everything: `breach-reset smoke --stack <name of the stack>`. For one
   * Breach Reset in a stack, because the names of outputs are fixed.
   */
  addOutputs(): void {
    createOutputs(Stack.of(this), this.stage, this)
  }

  /** Members named in the events that came in, refused ones included. */
  metricMembersReceived(props?: MetricOptions): Metric {
    return this.metric('fan-out', 'MembersReceived', props)
  }

  /** Members whose password was reset; without data in a dry run. */
  metricMembersReset(props?: MetricOptions): Metric {
    return this.metric('require-reset', 'MembersReset', props)
  }

  /** Members who needed no reset, such as those who were reset after the exposure. */
  metricMembersSkipped(props?: MetricOptions): Metric {
    return this.metric('require-reset', 'MembersSkipped', props)
  }

  /** Members whom require-reset gave up; they are on the dead-letter queue. */
  metricMembersDeadLettered(props?: MetricOptions): Metric {
    return this.metric('require-reset', 'MembersDeadLettered', props)
  }

  /** People whose sessions ended. Throws with `endSessions: false`, which has nothing that counts them. */
  metricSessionsEnded(props?: MetricOptions): Metric {
    assertStage(
      this.functions.endSessions !== undefined,
      'metricSessionsEnded has no data with endSessions: false: leave out one of them',
    )
    return this.metric('end-sessions', 'SessionsEnded', props)
  }

  /** Milliseconds from the time of an event to the reset of a member; the 99th percentile unless `statistic` says otherwise. */
  metricDetectionToReset(props?: MetricOptions): Metric {
    const { statistic = Stats.percentile(99), ...rest } = props ?? {}
    return this.metric('require-reset', 'DetectionToResetMs', { statistic, ...rest })
  }

  /** Messages on the dead-letter queue, at most; per minute unless `period` says otherwise. */
  metricDeadLetters(props?: MetricOptions): Metric {
    const { statistic = Stats.MAXIMUM, period = Duration.minutes(1), ...rest } = props ?? {}
    return this.queues.deadLetter.metricApproximateNumberOfMessagesVisible({ statistic, period, ...rest })
  }

  private metric(service: Emitter['service'], name: MetricName, props: MetricOptions = {}): Metric {
    return ownMetric({ service, stage: this.stageName }, name, props)
  }
}

/** Throws if another Breach Reset of the app has the name and goes to the same account and region, as far as they are known. */
function assertUnused(scope: Construct, stageName: string): void {
  const { environment } = Stack.of(scope)
  const isTaken = scope.node.root.node
    .findAll()
    .some(
      (other) =>
        other instanceof BreachReset &&
        other.stageName === stageName &&
        Stack.of(other).environment === environment,
    )
  assertStage(
    !isTaken,
    `stageName ${stageName} is taken in this app, and both would count into the same metrics: use another, or leave it out`,
  )
}

/** Puts the tags of the stage on every resource, and its permissions boundary on every role. */
function applyAccountRules(scope: Construct, { tags = {}, permissionsBoundary }: Stage): void {
  for (const [name, value] of Object.entries(tags)) Tags.of(scope).add(name, value)
  if (permissionsBoundary === undefined) return
  const boundary =
    typeof permissionsBoundary === 'string'
      ? ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', permissionsBoundary)
      : permissionsBoundary
  PermissionsBoundary.of(scope).apply(boundary)
}
