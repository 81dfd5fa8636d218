import { describe, expect, it } from 'vitest'
import type { Stage } from '../../infra/stage.ts'
import { everySetting } from '../fixtures/stages.ts'
import { isAllowed, mayDo, type Statement } from './is-allowed.ts'
import { statementsIn, templateOf } from './template-of.ts'

const [OWN, NAMED, OTHER, MEMBER, OUTSIDE] = [9, 1, 4, 5, 6].map((digit) => `${digit}`.repeat(12))
const roleOf = (account = '', name = 'any') => `arn:aws:iam::${account}:role/${name}`
const TOPIC = `arn:aws:sns:eu-central-1:${OWN}:breaches`
const producers: NonNullable<Stage['producers']> = {
  accounts: [NAMED ?? ''],
  roles: [roleOf(OTHER, 'detector'), roleOf(OWN, 'named')],
  organizationId: 'o-abcdef1234',
  eventBus: { bus: 'security', sources: ['stealer-log-feed'] },
  topics: [TOPIC],
}
const template = templateOf('prod', { ...everySetting, producers })

/** The statements of a policy, deployed to the account `OWN`. */
function deployed(type: string, prefix: string): Statement[] {
  const text = JSON.stringify(statementsIn(template, type, prefix))
    .replaceAll(/(\w+Role)\.Arn/g, (_, name) => roleOf(OWN, name))
    .replaceAll('AWS::AccountId', OWN ?? '')
    .replaceAll('AWS::Partition', 'aws')
  return JSON.parse(text)
}

const QUEUES = ['Breach', 'Reset', 'Sessions', 'DeadLetter', 'Rehearsed'].map((name) => `${name}Queue`)
const POLICIES: Record<string, Statement[]> = {
  ...Object.fromEntries(
    QUEUES.map((queue) => [`${queue}.Arn`, deployed('AWS::SQS::QueuePolicy', `${queue}Policy`)]),
  ),
  'BreachKey.Arn': deployed('AWS::KMS::Key', 'BreachKey'),
  'Key.Arn': deployed('AWS::KMS::Key', 'Key'),
}
const NOT_VIA_SQS = { 'kms:ViaService': 'secretsmanager.AWS::Region.AWS::URLSuffix' }
const ENCRYPT = ['kms:Decrypt', 'kms:GenerateDataKey']
const allow = (Action: string | string[], Resource: string): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
})
/** What docs/producers.md gives a producer. */
const TO_SEND = [allow('sqs:SendMessage', 'BreachQueue.Arn'), allow(ENCRYPT, 'BreachKey.Arn')]
const EVERYTHING = [allow(['sqs:*', 'kms:*'], '*')]
const ANY_QUEUE = [allow('sqs:*', '*')]
const TO_REDRIVE = [
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], 'DeadLetterQueue.Arn'),
  allow('kms:Decrypt', 'Key.Arn'),
  ...TO_SEND,
]
const FAN_OUT = deployed('AWS::IAM::Policy', 'FanOutRole')

type Sender = { principal: string; own?: Statement[]; context?: Record<string, string> }

/** To which queues somebody may send, from which they may receive, and whose messages they may read. */
function rightsOf({ principal, own = [], context = {} }: Sender) {
  const account = /:iam::(\d{12}):/.exec(principal)?.[1]
  const may = (action: string, resource: string) =>
    mayDo(
      { owner: OWN ?? '', ofResource: POLICIES[resource] ?? [], own },
      {
        ...{ principal, action, resource },
        context: {
          'aws:SecureTransport': 'true',
          'kms:ViaService': 'sqs.AWS::Region.AWS::URLSuffix',
          ...(account && { 'aws:PrincipalAccount': account, 'aws:PrincipalArn': principal }),
          ...context,
        },
      },
    )
  const keyOf = (queue: string) => (queue === 'BreachQueue' ? 'BreachKey.Arn' : 'Key.Arn')
  const nameOf = (queue: string) => queue.replace('Queue', '')
  const where = (action: string, onKey: string[]) =>
    QUEUES.filter((queue) => may(action, `${queue}.Arn`))
      .filter((queue) => onKey.every((keyAction) => may(keyAction, keyOf(queue))))
      .map(nameOf)
  return {
    sends: where('sqs:SendMessage', ENCRYPT),
    receives: where('sqs:ReceiveMessage', ['kms:Decrypt']),
    decrypts: ['BreachKey', 'Key'].filter((key) => may('kms:Decrypt', `${key}.Arn`)),
  }
}

const member = { 'aws:PrincipalOrgID': 'o-abcdef1234' }
const from = (arn: string, account = OWN ?? '') => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': account })
const NOTHING = { sends: [], receives: [], decrypts: [] }
const SENDS = { sends: ['Breach'], receives: [], decrypts: ['BreachKey'] }
const DELIVERS = { sends: ['Breach', 'DeadLetter'], receives: [], decrypts: ['BreachKey', 'Key'] }

const TABLE: [string, Sender, object][] = [
  ['a role of the own account', { principal: roleOf(OWN) }, NOTHING],
  ['that role, in the organization', { principal: roleOf(OWN), context: member }, NOTHING],
  ['that role, with a policy of its own', { principal: roleOf(OWN), context: member, own: TO_SEND }, SENDS],
  [
    'a role of the own account that may use every queue and no key',
    { principal: roleOf(OWN), context: member, own: ANY_QUEUE },
    NOTHING,
  ],
  ['a named role of the own account', { principal: roleOf(OWN, 'named') }, SENDS],
  ['a role of a named account', { principal: roleOf(NAMED) }, NOTHING],
  ['that role, with a policy of its own', { principal: roleOf(NAMED), own: EVERYTHING }, SENDS],
  ['a named role', { principal: roleOf(OTHER, 'detector'), own: EVERYTHING }, SENDS],
  [
    'a named role, without TLS',
    { principal: roleOf(OTHER, 'detector'), own: EVERYTHING, context: { 'aws:SecureTransport': 'false' } },
    { ...NOTHING, decrypts: ['BreachKey'] },
  ],
  [
    'a named role, other than by SQS',
    { principal: roleOf(OTHER, 'detector'), own: EVERYTHING, context: NOT_VIA_SQS },
    NOTHING,
  ],
  ['another role of its account', { principal: roleOf(OTHER), own: EVERYTHING }, NOTHING],
  ['a role of a member account', { principal: roleOf(MEMBER), context: member }, NOTHING],
  [
    'that role, with a policy of its own',
    { principal: roleOf(MEMBER), context: member, own: EVERYTHING },
    SENDS,
  ],
  [
    'that role, other than by SQS',
    { principal: roleOf(MEMBER), context: { ...member, ...NOT_VIA_SQS }, own: EVERYTHING },
    NOTHING,
  ],
  ['a role from outside', { principal: roleOf(OUTSIDE), own: EVERYTHING }, NOTHING],
  [
    'a role of another organization',
    { principal: roleOf(OUTSIDE), own: EVERYTHING, context: { 'aws:PrincipalOrgID': 'o-abcdef1235' } },
    NOTHING,
  ],
  [
    'the rule of the producers',
    { principal: 'events.amazonaws.com', context: from('BreachEventRule.Arn') },
    DELIVERS,
  ],
  [
    'the rule of the canary',
    { principal: 'events.amazonaws.com', context: from('CanaryRule.Arn') },
    { ...DELIVERS, sends: ['Breach'] },
  ],
  [
    'another rule of the own account, which can encrypt and send nothing',
    { principal: 'events.amazonaws.com', context: from('OtherRule.Arn') },
    { ...DELIVERS, sends: [] },
  ],
  [
    'a rule of another account',
    { principal: 'events.amazonaws.com', context: from('OtherRule.Arn', OTHER) },
    NOTHING,
  ],
  ['a topic of the stage', { principal: 'sns.amazonaws.com', context: from(TOPIC) }, DELIVERS],
  ['another topic', { principal: 'sns.amazonaws.com', context: from(`${TOPIC}-2`) }, NOTHING],
  [
    'fan-out',
    { principal: roleOf(OWN, 'FanOutRole'), own: FAN_OUT },
    { sends: ['Reset', 'DeadLetter', 'Rehearsed'], receives: ['Breach'], decrypts: ['BreachKey', 'Key'] },
  ],
  [
    'who may do everything in the own account',
    { principal: roleOf(OWN, 'admin'), own: EVERYTHING },
    {
      sends: ['Breach', 'DeadLetter', 'Rehearsed'],
      receives: ['Breach', 'Reset', 'Sessions', 'DeadLetter', 'Rehearsed'],
      decrypts: ['BreachKey', 'Key'],
    },
  ],
  [
    'somebody who redrives',
    { principal: roleOf(OWN, 'operator'), own: TO_REDRIVE },
    { sends: ['Breach'], receives: ['DeadLetter'], decrypts: ['BreachKey', 'Key'] },
  ],
]

describe('who may send, receive and read', () => {
  it.each(TABLE)('%s', (_, sender, rights) => {
    expect(rightsOf(sender)).toEqual(rights)
  })

  it('is not judged by a condition that the judge does not know', () => {
    const statement = { ...allow('sqs:*', '*'), Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }
    const asked = {
      principal: roleOf(OWN),
      action: 'sqs:SendMessage',
      resource: 'BreachQueue.Arn',
      context: {},
    }
    expect(() => isAllowed([statement], asked)).toThrow('unknown: IpAddress')
  })
})
