import { expect, it } from 'vitest'
import { named, templateOf } from './template-of.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: string; Sid?: string }

const template = templateOf('prod')
const statementsOf = (type: string, prefix: string) => {
  const [, policy] = Object.entries(template.findResources(type)).find(([id]) => id.startsWith(prefix)) ?? []
  const statements = named(policy?.Properties.PolicyDocument.Statement) as Statement[]
  return statements
    .map(({ Effect, Action, Resource }) => `${Effect} ${[Action].flat().sort().join(' ')} on ${Resource}`)
    .sort()
}
const CONSUME =
  'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage'
const SEND = 'sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage'
const READ = 'secretsmanager:DescribeSecret secretsmanager:GetSecretValue'

it('lets fan-out read the breach queue and send to two queues, and nothing else', () => {
  expect(statementsOf('AWS::IAM::Policy', 'FanOut')).toEqual([
    `Allow ${CONSUME} on BreachQueue.Arn`,
    `Allow ${SEND} on DeadLetterQueue.Arn`,
    `Allow ${SEND} on ResetQueue.Arn`,
  ])
})

it('lets require-reset read the reset queue, send to two queues, use the ledger and read two secrets, and nothing else', () => {
  expect(statementsOf('AWS::IAM::Policy', 'RequireReset')).toEqual([
    'Allow dynamodb:BatchGetItem dynamodb:BatchWriteItem dynamodb:GetItem dynamodb:PutItem on Ledger.Arn',
    `Allow ${READ} on LedgerKey`,
    `Allow ${READ} on StytchSecret`,
    `Allow ${CONSUME} on ResetQueue.Arn`,
    `Allow ${SEND} on DeadLetterQueue.Arn`,
    `Allow ${SEND} on ResetQueue.Arn`,
  ])
})

it('opens no queue to anybody: the queue policies only deny', () => {
  const policies = ['BreachQueuePolicy', 'ResetQueuePolicy', 'DeadLetterQueuePolicy']
  expect(policies.map((prefix) => statementsOf('AWS::SQS::QueuePolicy', prefix))).toEqual([
    ['Deny sqs:* on BreachQueue.Arn'],
    ['Deny sqs:* on ResetQueue.Arn', 'Deny sqs:SendMessage on ResetQueue.Arn'],
    ['Deny sqs:* on DeadLetterQueue.Arn'],
  ])
  template.resourceCountIs('AWS::SQS::QueuePolicy', 3)
})

it('gives the roles nothing beyond that but the writing of logs', () => {
  const roles = Object.values(template.findResources('AWS::IAM::Role'))
  expect(roles).toHaveLength(2)
  for (const role of roles) {
    const basic = ['arn:', 'AWS::Partition', ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
    expect(named(role.Properties.ManagedPolicyArns)).toEqual([{ 'Fn::Join': ['', basic] }])
    expect(role.Properties.Policies).toBeUndefined()
  }
})
