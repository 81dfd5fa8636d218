import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import type { Stage } from '../../infra/stage.ts'
import { type Fact, toItem } from '../../lib/progress/fact.ts'
import { everySetting, type StageName, stages } from '../fixtures/stages.ts'
import { findResource, named, templateOf, variablesIn } from './template-of.ts'

const STAGES = Object.keys(stages) as StageName[]

type Attribute = { AttributeName: string; AttributeType: string }
const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
]
const FACT: Fact = {
  event: { source: 'urn:a', id: 'b' },
  ...{ run: 'run', by: 'fan-out', at: 0, ends: [], passedOn: [] },
}

/** That one key encrypts everything that holds data, and another one the breach queue. */
function expectEncrypted(template: ReturnType<typeof templateOf>, key: unknown, breachKey: unknown): void {
  const queues = Object.entries(template.findResources('AWS::SQS::Queue'))
  for (const [logicalId, { Properties }] of queues)
    expect(Properties.KmsMasterKeyId).toEqual(logicalId.startsWith('BreachQueue') ? breachKey : key)
  template.allResourcesProperties('AWS::SQS::Queue', { KmsDataKeyReusePeriodSeconds: 300 })
  template.allResourcesProperties('AWS::DynamoDB::Table', {
    SSESpecification: { KMSMasterKeyId: key, SSEEnabled: true, SSEType: 'KMS' },
  })
  template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: key })
  template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key })
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
}

describe('queues, tables, secrets, logs and the alarm topic', () => {
  const [encryptionKey, breachQueueKey] = ['0a1b2c3d', '4e5f6a7b'].map(
    (id) => `arn:aws:kms:eu-central-1:111122223333:key/${id}-0000-4000-8000-000000000000`,
  ) as [string, string]
  const madeIn = (template: ReturnType<typeof templateOf>, id: string) => ({
    'Fn::GetAtt': [findResource(template, 'AWS::KMS::Key', id)[0], 'Arn'],
  })

  it.each(STAGES)(
    'are encrypted in %s with one key, the breach queue with another, both rotated',
    (stageName) => {
      const template = templateOf(stageName)
      template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true })
      template.resourceCountIs('AWS::KMS::Key', 2)
      expectEncrypted(template, madeIn(template, 'Key'), madeIn(template, 'BreachKey'))
    },
  )

  it('are encrypted with the key that the stage names, also the breach queue, and then none is made', () => {
    const template = templateOf('prod', { ...everySetting, encryptionKey })
    template.resourceCountIs('AWS::KMS::Key', 0)
    expectEncrypted(template, encryptionKey, encryptionKey)
  })

  it('are encrypted with both keys that the stage names', () => {
    const template = templateOf('prod', { ...everySetting, encryptionKey, breachQueueKey })
    template.resourceCountIs('AWS::KMS::Key', 0)
    expectEncrypted(template, encryptionKey, breachQueueKey)
  })

  it('are encrypted with a key made here, if the stage names only that of the breach queue', () => {
    const template = templateOf('prod', { ...everySetting, breachQueueKey })
    template.resourceCountIs('AWS::KMS::Key', 1)
    expectEncrypted(template, madeIn(template, 'Key'), breachQueueKey)
  })
})

describe.each(STAGES)('what holds data in %s', (stageName) => {
  const template = templateOf(stageName)
  const stage = stages[stageName]

  it.each([
    ...['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Logs::LogGroup'],
    ...['AWS::SecretsManager::Secret', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
  ])('outlives the stack, and an update that fails, if the stage says so: each %s', (type) => {
    const resources = Object.values(template.findResources(type))
    const policies = new Set(resources.map(({ DeletionPolicy }) => DeletionPolicy))
    expect(policies).toEqual(new Set([stage.retainData ? 'Retain' : 'Delete']))
  })

  it('has secrets made in one way for ever: after a change CloudFormation would blank the one and generate the other again', () => {
    const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'))
    expect(secrets.map(({ Properties: { Description: _, KmsKeyId: _key, ...made } }) => made)).toEqual([
      { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
      { SecretString: '{"project_id":"","secret":""}' },
    ])
  })

  it.each(['Ledger', 'Progress'])(
    'has a table that can be restored to any moment of the last 35 days: %s',
    (name) => {
      const [, table] = findResource(template, 'AWS::DynamoDB::Table', name)
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: stage.retainData,
      })
    },
  )
})

describe('the table of facts', () => {
  const template = templateOf('prod')
  const [logicalId, table] = findResource(template, 'AWS::DynamoDB::Table', 'Progress')
  const Properties: Record<string, unknown> = table.Properties

  it('has the keys that facts are written with, and forgets a fact when it expires', () => {
    const fact = toItem({ ...FACT, by: 'fan-out' }, 'one')
    for (const { AttributeName, AttributeType } of Properties.AttributeDefinitions as Attribute[])
      expect(fact[AttributeName]).toHaveProperty(AttributeType)
    expect(Properties).toMatchObject({
      KeySchema: keySchema('event', 'fact'),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    })
    expect(fact.expiresAt).toHaveProperty('N')
  })

  it('lists by day the facts of fan-out, and no others, without what they say', () => {
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'latest',
        KeySchema: keySchema('day', 'at'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ])
    expect(toItem({ ...FACT, by: 'require-reset' }, 'one')).not.toHaveProperty('day')
  })

  it('is named in an output, for commands that read it', () => {
    template.hasOutput('ProgressTableName', { Value: { Ref: logicalId } })
  })
})

describe('the quota table', () => {
  it.each<[string, Partial<Stage>]>([
    ['no sources', {}],
    ['sources without an hourly limit', { sources: { 'urn:a': { maxMembersPerEvent: 5 }, '*': {} } }],
  ])('does not exist in a stage with %s', (_, settings) => {
    const template = templateOf('prod', settings)
    template.resourceCountIs('AWS::DynamoDB::Table', 2)
    expect(variablesIn(template).flatMap(Object.keys)).not.toContain('QUOTA_TABLE')
  })

  it('exists in a stage that has an hourly limit, even if no source has one', () => {
    const [fanOut] = variablesIn(templateOf('prod', { maxMembersPerHour: 10_000 }))
    expect(fanOut).toMatchObject({ QUOTA_TABLE: 'Quota', MAX_MEMBERS_PER_HOUR: '10000' })
  })

  it('goes with the stack, is encrypted with its key, and forgets messages when SQS does', () => {
    const [, table] = findResource(templateOf('prod', everySetting), 'AWS::DynamoDB::Table', 'Quota')
    expect(table.DeletionPolicy).toBe('Delete')
    expect(named(table.Properties)).toMatchObject({
      SSESpecification: { KMSMasterKeyId: 'Key.Arn', SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    })
  })
})
