import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Config } from '../../../functions/fan-out/config.ts'
import { createFanOutRecord } from '../../../functions/fan-out/fan-out-record.ts'
import { reportRecordFailure } from '../../../lib/observability/report-record-failure.ts'
import { processBatch } from '../../../lib/queue/process-batch.ts'
import { createSendMessages } from '../../../lib/queue/send-messages.ts'
import { createAddToHour } from '../../../lib/quota/create-add-to-hour.ts'
import { createCountMembers } from '../../../lib/quota/create-count-members.ts'
import type { Environment } from './create-environment.ts'
import { createQueueClient } from './create-queue-client.ts'
import { createQuotaClient } from './create-quota-client.ts'
import { createWitness } from './create-witness.ts'
import type { Client, Handle, Seams } from './seams.ts'
import type { World } from './world.ts'

/** fan-out in a new execution environment, wired as its handler.ts does it. */
export function bootFanOut(world: World, environment: Environment, seams: Seams): Handle {
  const { timeline, dice, deployment } = world
  const client: Client = { send: createQueueClient(world, environment, 'fan-out') }
  const sqs = (seams.sqs?.(client, world, environment) ?? client) as unknown as SQSClient
  const quotaClient: Client = { send: createQuotaClient(world, environment) }
  const dynamoDB = (seams.quota?.(quotaClient) ?? quotaClient) as unknown as DynamoDBClient
  const random = () => dice.roll(`random ${environment.name}`)
  const send = createSendMessages({ sqs, sleep: environment.sleepAt('wait to send again'), random })
  const quota = { dynamoDB, table: 'quota', now: timeline.now }
  const addToHour = createAddToHour({ ...quota, sleep: environment.sleepAt('wait to count again'), random })
  const countMembers = createCountMembers({ ...quota, addToHour })
  const observe = createWitness(world, environment)
  const config: Config = {
    stage: 'simulation',
    resetQueueUrl: 'reset',
    deadLetterQueueUrl: 'dead-letter',
    maxMembersPerEvent: deployment.stage.maxMembersPerEvent,
    membersPerMessage: deployment.settings.membersPerMessage,
    messagesAtOnce: deployment.settings.messagesAtOnce,
    sources: deployment.stage.sources,
    quotaTable: 'quota',
  }
  const create = (): Handle => {
    const fanOutRecord = createFanOutRecord({
      config: seams.fanOutConfig?.(config) ?? config,
      sendMessages: seams.fanOutSends?.(send, world) ?? send,
      countMembers: seams.countMembers?.(countMembers, world) ?? countMembers,
      observe,
      now: timeline.now,
    })
    return (event) => processBatch(event, fanOutRecord, reportRecordFailure(observe))
  }
  return seams.fanOut?.(create, world, environment) ?? create()
}
