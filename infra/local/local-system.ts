import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Stage } from '../stage.ts'
import type { BeforeResponse } from './boot-functions.ts'
import type { OnBatch } from './boot-mappings.ts'
import type { LocalQueue } from './boot-queues.ts'
import type { LocalEndpoints } from './create-clients.ts'
import type { LocalFunction } from './lambda/start-function.ts'
import type { LocalSqs } from './sqs/start-sqs.ts'
import type { StytchSimulator, StytchSimulatorOptions } from './stytch/start-stytch-simulator.ts'
import type { Tap } from './tap.ts'
import type { Template } from './template.ts'

export type LocalSystemOptions = {
  stageName: string
  stage: Stage
  stytch?: Pick<StytchSimulatorOptions, 'settings' | 'requestsPerSecond' | 'random'>
  /** Sees, and may drop or fail, every request of the functions to SQS, DynamoDB and Secrets Manager. */
  tap?: Tap
  beforeResponse?: BeforeResponse
  onBatch?: OnBatch
  onLog?: (line: string) => void
}

export type LocalSystem = {
  template: Template
  endpoints: LocalEndpoints
  sqs: SQSClient
  dynamoDB: DynamoDBClient
  queues: Record<'breach' | 'reset' | 'deadLetter', LocalQueue>
  /** The queues from the inside: depths and messages without receiving them. */
  inside: LocalSqs
  functions: Record<'fanOut' | 'requireReset', LocalFunction>
  stytch: StytchSimulator
  credentials: Credentials
  /** What the operator does after rotating the key at Stytch. */
  putStytchSecret(credentials: Credentials): void
  ledger: { table: string; key: string }
  stop(): Promise<void>
}
