import { expect, it } from 'vitest'
import { type StageName, stages } from '../fixtures/stages.ts'
import { templateOf } from './template-of.ts'

const KEPT = [
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::DynamoDB::Table',
  'AWS::SecretsManager::Secret',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
]

it.each(Object.keys(stages) as StageName[])(
  'keeps the logical ids of what holds data in %s: under another id CloudFormation would make an empty ledger and another ledger key',
  (stageName) => {
    const template = templateOf(stageName)
    expect(KEPT.flatMap((type) => Object.keys(template.findResources(type)))).toEqual([
      ...['DeadLetterQueue9F481546', 'BreachQueueDD76FE8C', 'ResetQueueFA49B9E5'],
      ...['DeadLetterQueuePolicyB1FB890C', 'BreachQueuePolicy4772BD26', 'ResetQueuePolicy939B8050'],
      ...['LedgerB7379752', 'LedgerKey4AEFADD0', 'StytchSecretA398C4DC'],
      ...['Key961B73FD', 'FanOutLogs6368F6BF', 'RequireResetLogs2D4336EB'],
    ])
  },
)
