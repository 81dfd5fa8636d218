import { Match } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import { everyKnob } from './every-knob.ts'
import { templateOf } from './template-of.ts'

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000'
const template = templateOf('prod', everyKnob)

it.each([
  ...['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'],
  ...[
    'AWS::Lambda::Function',
    'AWS::IAM::Role',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Topic',
    'AWS::CloudWatch::Alarm',
  ],
])('tags each %s as the stage says', (type) => {
  expect(Object.keys(template.findResources(type))).not.toEqual([])
  template.allResourcesProperties(type, { Tags: Match.arrayWith([{ Key: 'team', Value: 'security' }]) })
})

it('puts the permissions boundary on every role', () => {
  template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: everyKnob.permissionsBoundaryArn })
})

it('puts both functions into the subnets of the stage, and their roles may join them', () => {
  template.allResourcesProperties('AWS::Lambda::Function', {
    VpcConfig: { SubnetIds: everyKnob.vpc?.subnetIds, SecurityGroupIds: everyKnob.vpc?.securityGroupIds },
  })
  template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: [Match.anyValue()] })
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0)
})

it('keeps as many executions for require-reset as the stage says, and none for fan-out', () => {
  template.resourcePropertiesCountIs('AWS::Lambda::Function', { ReservedConcurrentExecutions: 5 }, 1)
})

it('encrypts everything with the key that the stage brings along, and makes none', () => {
  const withOwn = templateOf('prod', { ...everyKnob, kmsKeyArn: KEY })
  withOwn.resourceCountIs('AWS::KMS::Key', 0)
  withOwn.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: KEY })
  withOwn.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY })
  withOwn.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY })
  withOwn.allResourcesProperties('AWS::DynamoDB::Table', {
    SSESpecification: { KMSMasterKeyId: KEY, SSEEnabled: true, SSEType: 'KMS' },
  })
  withOwn.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() })
})
