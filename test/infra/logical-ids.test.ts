import { describe, expect, it } from 'vitest'
import type { Stage } from '../../infra/stage.ts'
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

const WITHOUT_SESSIONS = [
  ...['DeadLetterQueue9F481546', 'BreachQueueDD76FE8C', 'ResetQueueFA49B9E5', 'RehearsedQueue6E7AF210'],
  ...['DeadLetterQueuePolicyB1FB890C', 'BreachQueuePolicy4772BD26', 'ResetQueuePolicy939B8050'],
  'RehearsedQueuePolicy87FC66A2',
  ...['LedgerB7379752', 'Progress46A8DAB4', 'LedgerKey4AEFADD0', 'StytchSecretA398C4DC'],
  ...['Key961B73FD', 'BreachKey251436B0', 'FanOutLogs6368F6BF', 'RequireResetLogs2D4336EB'],
]
const OF_SESSIONS = ['SessionsQueue2D9CBFDC', 'SessionsQueuePolicy3C04B2D3', 'EndSessionsLogs09D178BA']

describe.each(Object.keys(stages) as StageName[])(
  'the logical ids of what holds data in %s: under another id CloudFormation would make an empty ledger and another ledger key',
  (stageName) => {
    const idsIn = (settings: Partial<Stage>) => {
      const template = templateOf(stageName, settings)
      return KEPT.flatMap((type) => Object.keys(template.findResources(type)))
    }

    it('are kept', () => {
      expect(idsIn({ endSessions: true }).toSorted()).toEqual(
        [...WITHOUT_SESSIONS, ...OF_SESSIONS].toSorted(),
      )
    })

    it('are the same without end-sessions, of which nothing is left', () => {
      expect(idsIn({ endSessions: false })).toEqual(WITHOUT_SESSIONS)
    })
  },
)
