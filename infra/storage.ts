import { RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement, type PolicyStatementProps, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

/**
 * The key for ledger, tables, secrets, logs, alarms and every queue but the breach queue: the key that the stage names, or a new one
 * that is rotated every year. The policy of an imported key can't be added to.
 */
export function createEncryptionKey(scope: Construct, stage: Stage): IKey {
  const { encryptionKey } = stage
  const key =
    encryptionKey === undefined
      ? createKey(scope, 'Key', stage, 'queues, ledger, secrets, logs and alarms')
      : toKey(scope, 'Key', encryptionKey)
  const { region, account, partition, urlSuffix } = Stack.of(scope)
  const stackName = nameOf(Stack.of(scope))
  allowOnKey(scope, key, {
    sid: 'LogGroupsOfThisStack',
    principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
    // What CloudWatch Logs requires.
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:${stackName}-*`,
      },
    },
  })
  letAlarmsEncrypt(scope, key, `${stackName}-*`)
  return key
}

/** Lets alarms use the key of the topics whose names match a pattern, in the account and region of the stack. */
export function letAlarmsEncrypt(scope: Construct, key: IKey, topics: string): void {
  const { region, account, partition } = Stack.of(scope)
  allowOnKey(scope, key, {
    sid: 'AlarmTopicOfThisStack',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    // SNS always names the topic. Nothing documents that CloudWatch names the account to KMS.
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:sns:topicArn': `arn:${partition}:sns:${region}:${account}:${topics}`,
      },
    },
  })
}

/** With what the names of all in a stack begin. Of a nested one it is the name of its parent, whose key can't depend on it. */
function nameOf({ nestedStackParent, stackName }: Stack): string {
  return nestedStackParent ? nameOf(nestedStackParent) : stackName
}

/**
 * Adds to the policy of a key; that of an imported one stays as it is. Only a key made in `scope` has sids: one of the app may serve
 * several deployments, whose statements would have the same.
 */
export function allowOnKey(
  scope: Construct,
  key: IKey,
  { sid, ...statement }: PolicyStatementProps & { sid: string },
): void {
  const isMadeHere = key.node.scope === scope
  // In a key policy, * means this key.
  key.addToResourcePolicy(new PolicyStatement({ ...statement, resources: ['*'], ...(isMadeHere && { sid }) }))
}

/**
 * The key for the breach queue, the only one that producers may use, so that they can read nothing else: the key that the stage names
 * or, if it names one for everything, that one. AWS's `alias/aws/sqs` would not do: its policy can't be changed, so no other account,
 * topic or rule could send.
 */
export function createBreachKey(scope: Construct, stage: Stage, key: IKey): IKey {
  if (stage.breachQueueKey !== undefined) return toKey(scope, 'BreachKey', stage.breachQueueKey)
  return stage.encryptionKey === undefined ? createKey(scope, 'BreachKey', stage, 'the breach queue') : key
}

function toKey(scope: Construct, id: string, keyOrArn: IKey | string): IKey {
  return typeof keyOrArn === 'string' ? Key.fromKeyArn(scope, id, keyOrArn) : keyOrArn
}

function createKey(scope: Construct, id: string, stage: Stage, encrypts: string): Key {
  return new Key(scope, id, {
    description: `Breach Reset: ${encrypts} of ${Stack.of(scope).stackName}`,
    enableKeyRotation: true,
    removalPolicy: removalPolicyOf(stage),
  })
}

/**
 * What the stack's deletion leaves. Not RETAIN_ON_UPDATE_OR_DELETE: an update that fails would then also delete the queues and keys that it
 * has made, with the messages on them.
 */
export function removalPolicyOf({ retainData }: Stage): RemovalPolicy {
  return retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
}

/** Who was reset, and when: one row per person and kind, kept forever. */
export function createLedger(scope: Construct, stage: Stage, key: IKey): Table {
  return new Table(scope, 'Ledger', {
    partitionKey: { name: 'person', type: AttributeType.STRING },
    sortKey: { name: 'kind', type: AttributeType.STRING },
    ...durably(stage, key),
  })
}

/** What became of each event, as facts that lib/progress/fact.ts writes. Its index has only those of fan-out, by day. */
export function createProgress(scope: Construct, stage: Stage, key: IKey): Table {
  const table = new Table(scope, 'Progress', {
    partitionKey: { name: 'event', type: AttributeType.STRING },
    sortKey: { name: 'fact', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    ...durably(stage, key),
  })
  table.addGlobalSecondaryIndex({
    indexName: 'latest',
    partitionKey: { name: 'day', type: AttributeType.STRING },
    sortKey: { name: 'at', type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  })
  return table
}

/** Encrypted, recoverable, and protected from deletion in a stage that retains its data. */
function durably(stage: Stage, encryptionKey: IKey) {
  return {
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: stage.retainData,
    removalPolicy: removalPolicyOf(stage),
  }
}

/**
 * How many members the stage and each source have had within the hour, and which messages were counted. Made only if one of them has
 * an hourly limit. Separate from the ledger, which fan-out must not touch, and not retained: without it, the hour starts over.
 */
export function createQuota(scope: Construct, stage: Stage, key: IKey): Table | undefined {
  const limits = [stage, ...Object.values(stage.sources ?? {})]
  const isLimited = limits.some(({ maxMembersPerHour }) => maxMembersPerHour !== undefined)
  if (!isLimited) return undefined
  const table = new Table(scope, 'Quota', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  acknowledge(
    table,
    'AwsSolutions-DDB3',
    'counts of the last hour would be out of date by the time they are restored',
  )
  return table
}

export interface Secrets {
  /** Names people in the ledger. Never rotate it: everyone could be reset again. */
  readonly ledgerKey: Secret
  /** `project_id` and `secret` of the Stytch project, empty until an operator fills them in. */
  readonly stytchSecret: Secret
}

/**
 * The key that names people in the ledger, generated here, and the Stytch key, empty until an operator fills it in.
 * Never edit these properties: CloudFormation would then write the values again, which generates another ledger key and blanks
 * a Stytch key that has been filled in.
 */
export function createSecrets(scope: Construct, stage: Stage, encryptionKey: IKey): Secrets {
  const common = {
    encryptionKey,
    removalPolicy: removalPolicyOf(stage),
  }
  const ledgerKey = new Secret(scope, 'LedgerKey', {
    ...common,
    description:
      'Names people in the ledger. Never rotate it: nobody would be found covered, and everybody reset again.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  })
  const stytchSecret = new Secret(scope, 'StytchSecret', {
    ...common,
    description:
      'project_id and secret of the Stytch B2B project. Fill in and rotate: aws secretsmanager put-secret-value; no deploy is needed.',
    secretObjectValue: {
      project_id: SecretValue.unsafePlainText(''),
      secret: SecretValue.unsafePlainText(''),
    },
  })
  acknowledge(
    ledgerKey,
    'AwsSolutions-SMG4',
    'it must never rotate: under another key nobody would be found in the ledger, and everyone could be reset again',
  )
  acknowledge(
    stytchSecret,
    'AwsSolutions-SMG4',
    'only Stytch can issue this key: it is rotated by hand (docs/runbook.md), and the function reads it again without a deploy',
  )
  return { ledgerKey, stytchSecret }
}
