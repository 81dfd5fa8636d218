import { Match } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import { findResource, statementsIn, templateOf, variablesIn } from './template-of.ts'

const template = templateOf('prod')
const counting = templateOf('prod', { sources: { '*': { maxMembersPerHour: 1_000 } } })
const statementsOf = (type: string, prefix: string, of = template) =>
  statementsIn(of, type, prefix)
    .map(({ Effect, Action, Resource }) => `${Effect} ${[Action].flat().sort().join(' ')} on ${Resource}`)
    .sort()
const CONSUME =
  'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage'
const READ = 'secretsmanager:DescribeSecret secretsmanager:GetSecretValue'
const USE_KEY =
  'kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:ReEncryptFrom kms:ReEncryptTo'
const PROGRESS = 'Allow dynamodb:PutItem dynamodb:Query on Progress.Arn'
const ROLES = ['FanOutRole', 'RequireResetRole', 'EndSessionsRole']
const LOG = 'logs:CreateLogStream logs:PutLogEvents'

it('lets fan-out of a dry run read the breach queue, send to three queues, add facts and write its own log, and nothing else', () => {
  expect(statementsOf('AWS::IAM::Policy', 'FanOutRole')).toEqual([
    PROGRESS,
    `Allow ${USE_KEY} on Key.Arn`,
    'Allow kms:Decrypt on BreachKey.Arn',
    `Allow ${LOG} on FanOutLogs.Arn`,
    `Allow ${CONSUME} on BreachQueue.Arn`,
    'Allow sqs:SendMessage on DeadLetterQueue.Arn',
    'Allow sqs:SendMessage on RehearsedQueue.Arn',
    'Allow sqs:SendMessage on ResetQueue.Arn',
  ])
})

it('lets no function of a stage that enforces send to the memory of a dry run', () => {
  const enforcing = templateOf('prod', { mode: 'enforce' })
  findResource(enforcing, 'AWS::SQS::Queue', 'RehearsedQueue')
  const statements = ROLES.flatMap((role) => statementsOf('AWS::IAM::Policy', role, enforcing))
  expect(statements.join()).not.toContain('RehearsedQueue')
  expect(variablesIn(enforcing).flatMap(Object.keys)).not.toContain('REHEARSED_QUEUE_URL')
})

it('lets fan-out also count in the quota table if a source has an hourly limit, and require-reset nothing more', () => {
  const before = statementsOf('AWS::IAM::Policy', 'FanOutRole')
  expect(statementsOf('AWS::IAM::Policy', 'FanOutRole', counting)).toEqual([
    'Allow dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on Quota.Arn',
    ...before,
  ])
  const requireReset = ['AWS::IAM::Policy', 'RequireResetRole'] as const
  expect(statementsOf(...requireReset, counting)).toEqual(statementsOf(...requireReset))
})

it('lets require-reset read the reset queue, send to three queues, use the ledger, add facts, read two secrets and write its own log, and nothing else', () => {
  expect(statementsOf('AWS::IAM::Policy', 'RequireResetRole')).toEqual([
    'Allow dynamodb:BatchGetItem dynamodb:BatchWriteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on Ledger.Arn',
    PROGRESS,
    `Allow ${USE_KEY} on Key.Arn`,
    'Allow kms:Decrypt on Key.Arn',
    `Allow ${LOG} on RequireResetLogs.Arn`,
    `Allow ${READ} on LedgerKey`,
    `Allow ${READ} on StytchSecret`,
    `Allow ${CONSUME} on ResetQueue.Arn`,
    'Allow sqs:SendMessage on DeadLetterQueue.Arn',
    'Allow sqs:SendMessage on ResetQueue.Arn',
    'Allow sqs:SendMessage on SessionsQueue.Arn',
  ])
})

it('lets end-sessions read the sessions queue, send to two queues, use the ledger, add facts, read two secrets and write its own log, and nothing else', () => {
  expect(statementsOf('AWS::IAM::Policy', 'EndSessionsRole')).toEqual([
    'Allow dynamodb:BatchGetItem dynamodb:BatchWriteItem dynamodb:GetItem dynamodb:PutItem on Ledger.Arn',
    PROGRESS,
    `Allow ${USE_KEY} on Key.Arn`,
    'Allow kms:Decrypt on Key.Arn',
    `Allow ${LOG} on EndSessionsLogs.Arn`,
    `Allow ${READ} on LedgerKey`,
    `Allow ${READ} on StytchSecret`,
    `Allow ${CONSUME} on SessionsQueue.Arn`,
    'Allow sqs:SendMessage on DeadLetterQueue.Arn',
    'Allow sqs:SendMessage on SessionsQueue.Arn',
  ])
})

const OTHER_BUS = 'arn:aws:events:eu-central-1:444455556666:event-bus/soc'

it.each([
  ['a bus of this account', 'soc', 'arn:AWS::Partition:events:AWS::Region:AWS::AccountId:event-bus/soc'],
  ['a bus of another account', OTHER_BUS, OTHER_BUS],
])(
  'lets the functions put outcome events on the bus of the stage, and on no other: %s',
  (_, eventBus, arn) => {
    const sending = templateOf('prod', { outcomes: { eventBus } })
    for (const role of ROLES) {
      const before = statementsOf('AWS::IAM::Policy', role)
      expect(statementsOf('AWS::IAM::Policy', role, sending)).toEqual(
        [...before, `Allow events:PutEvents on ${arn}`].toSorted(),
      )
    }
  },
)

it('gives the roles no managed policy and no inline one', () => {
  const roles = Object.values(template.findResources('AWS::IAM::Role'))
  expect(roles).toHaveLength(3)
  for (const role of roles) {
    expect(role.Properties.ManagedPolicyArns).toBeUndefined()
    expect(role.Properties.Policies).toBeUndefined()
  }
})

it('opens the queues to nobody but the canary of this stack: the queue policies only deny', () => {
  const policies = ['Breach', 'Reset', 'Sessions', 'DeadLetter', 'Rehearsed'].map(
    (name) => `${name}QueuePolicy`,
  )
  expect(policies.map((prefix) => statementsOf('AWS::SQS::QueuePolicy', prefix))).toEqual([
    ['Allow sqs:SendMessage on BreachQueue.Arn', 'Deny sqs:* on BreachQueue.Arn'],
    ['Deny sqs:* on ResetQueue.Arn', 'Deny sqs:SendMessage on ResetQueue.Arn'],
    ['Deny sqs:* on SessionsQueue.Arn', 'Deny sqs:SendMessage on SessionsQueue.Arn'],
    ['Deny sqs:* on DeadLetterQueue.Arn'],
    ['Deny sqs:* on RehearsedQueue.Arn'],
  ])
  expect(statementsIn(template, 'AWS::SQS::QueuePolicy', 'BreachQueuePolicy').at(-1)).toMatchObject({
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': 'CanaryRule.Arn' } },
  })
  template.resourceCountIs('AWS::SQS::QueuePolicy', 5)
})

it('lets nobody talk to a queue without TLS', () => {
  const tlsOnly = Match.objectLike({
    Effect: 'Deny',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  })
  const policy = { PolicyDocument: { Statement: Match.arrayWith([tlsOnly]) } }
  template.resourcePropertiesCountIs('AWS::SQS::QueuePolicy', policy, 5)
})

it.each([
  ['ResetQueue', ['FanOut', 'RequireReset']],
  ['SessionsQueue', ['RequireReset', 'EndSessions']],
])('lets nobody but two functions send to %s: %j', (queue, senders) => {
  const roles = senders.map((name) => `${name}Role.Arn`)
  expect(statementsIn(template, 'AWS::SQS::QueuePolicy', `${queue}Policy`)).toContainEqual({
    Sid: 'OnlyTheTwoFunctionsSend',
    Effect: 'Deny',
    Action: 'sqs:SendMessage',
    Principal: { AWS: '*' },
    Resource: `${queue}.Arn`,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': roles } },
  })
})

it.each([
  [
    'Key',
    'its own log groups and alarms',
    { LogGroupsOfThisStack: ['ArnLike'], AlarmTopicOfThisStack: ['ArnLike'] },
  ],
  ['BreachKey', 'the canary', { Canary: ['StringEquals'] }],
])('opens %s to %s, each under a condition', (id, _, expected) => {
  const opened = statementsIn(template, 'AWS::KMS::Key', id).filter(({ Sid }) => Sid)
  const conditions = opened.map(({ Sid, Condition }) => [Sid, Object.keys(Condition as object)])
  expect(Object.fromEntries(conditions)).toEqual(expected)
})

it("lets those, and only those, that defer people to their own queue do so past AWS's loop detection", () => {
  const allowed = template.findResources('AWS::Lambda::Function', { Properties: { RecursiveLoop: 'Allow' } })
  const deferring = ['RequireReset', 'EndSessions']
  expect(Object.keys(allowed)).toEqual(
    deferring.map((name) => findResource(template, 'AWS::Lambda::Function', name)[0]),
  )
})
