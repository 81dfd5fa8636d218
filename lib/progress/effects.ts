import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { AWS_CLIENT_LIMITS } from '../flow/aws-client.ts'
import type { ProgressConfig } from './config.ts'
import { sendToBus } from './event-bus.ts'
import type { ProgressEffects } from './keep-facts.ts'
import { putFact, readRun } from './progress-table.ts'

/** The effects that keep facts. `dynamoDB`: the function's client, which has an open connection by then. */
export function createProgress(
  { progressTable, outcomeBus }: ProgressConfig,
  dynamoDB: DynamoDBClient,
): ProgressEffects {
  const table = { dynamoDB, table: progressTable }
  return {
    putFact: (fact, settlement) => putFact(table, fact, settlement),
    readRun: (event, run) => readRun(table, event, run),
    sendOutcomes: outcomeBus === undefined ? undefined : sendTo(outcomeBus),
  }
}

function sendTo(eventBus: string): ProgressEffects['sendOutcomes'] {
  const bus = { eventBridge: new EventBridgeClient(AWS_CLIENT_LIMITS), eventBus }
  return (events) => sendToBus(bus, events)
}
