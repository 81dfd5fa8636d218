import { Duration, type RemovalPolicy } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { CfnQueuePolicy, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Settings } from './derive-settings.ts'
import type { Stage } from './stage.ts'
import { removalPolicyOf } from './storage.ts'

/** Five receives, as AWS recommends: a throttled Lambda function uses up a receive, too. */
const MAX_RECEIVE_COUNT = 5
/** The longest that SQS offers. */
const RETENTION = Duration.days(14)
/** SQS's default: after a key is disabled, messages can be read for so long. Set, so that an update from a longer one takes effect. */
const DATA_KEY_REUSE = Duration.minutes(5)

export interface Queues {
  /** Producers send to it, and to no other. */
  readonly breach: Queue
  /** Members to reset. Only fan-out and require-reset may send to it. */
  readonly reset: Queue
  /** People to log out. Only require-reset and end-sessions may send to it. Undefined with `endSessions: false`. */
  readonly sessions: Queue | undefined
  /** Who could not be reset or logged out and what could not be read, with the reason. */
  readonly deadLetter: Queue
  /** What a dry run has accepted. Also in a stage that enforces: without the queue, its memory would go when the stage is switched. */
  readonly rehearsed: Queue
}

/** The work queues, the dead-letter queue that they share, and the memory of a dry run. */
export function createQueues(
  scope: Construct,
  { stage, settings, key, breachKey }: { stage: Stage; settings: Settings; key: IKey; breachKey: IKey },
): Queues {
  const removalPolicy = removalPolicyOf(stage)
  const encrypted = {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    dataKeyReuse: DATA_KEY_REUSE,
    enforceSSL: true,
    retentionPeriod: RETENTION,
    removalPolicy,
  }
  const deadLetter = new Queue(scope, 'DeadLetterQueue', encrypted)
  const workQueue = {
    ...encrypted,
    visibilityTimeout: Duration.seconds(settings.visibilityTimeoutSeconds),
    deadLetterQueue: { queue: deadLetter, maxReceiveCount: MAX_RECEIVE_COUNT },
  }
  const breach = new Queue(scope, 'BreachQueue', { ...workQueue, encryptionMasterKey: breachKey })
  const reset = new Queue(scope, 'ResetQueue', workQueue)
  const sessions =
    settings.sessions &&
    new Queue(scope, 'SessionsQueue', {
      ...workQueue,
      visibilityTimeout: Duration.seconds(settings.sessions.visibilityTimeoutSeconds),
    })
  const rehearsed = new Queue(scope, 'RehearsedQueue', encrypted)
  acknowledge(rehearsed, 'AwsSolutions-SQS3', 'no function reads it: only an operator does, by redrive')
  for (const queue of [deadLetter, breach, reset, sessions, rehearsed])
    if (queue) keepPolicy(queue, removalPolicy)
  return { breach, reset, sessions, deadLetter, rehearsed }
}

/** A queue that outlives the stack must keep the policy that denies access to it. */
function keepPolicy(queue: Queue, removalPolicy: RemovalPolicy): void {
  const policy = queue.node.findChild('Policy').node.defaultChild
  if (policy instanceof CfnQueuePolicy) policy.applyRemovalPolicy(removalPolicy)
}
