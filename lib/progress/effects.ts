import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { ProgressConfig } from './config.ts'
import { sendToBus } from './event-bus.ts'
import type { ProgressEffects } from './keep-facts.ts'
import { putFact, readRun } from './progress-table.ts'

/** Well under a second in all: nothing waits for facts. */
const CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 300, requestTimeout: 400, throwOnRequestTimeout: true },
}

/** The effects that keep facts, on clients that give up soon. */
export function createProgress({ progressTable, outcomeBus }: ProgressConfig): ProgressEffects {
  const table = { dynamoDB: new DynamoDBClient(CLIENT_LIMITS), table: progressTable }
  const eventBridge = new EventBridgeClient(CLIENT_LIMITS)
  return {
    putFact: (fact, settlement) => putFact(table, fact, settlement),
    readRun: (event, run) => readRun(table, event, run),
    sendOutcomes:
      outcomeBus === undefined
        ? undefined
        : (events) => sendToBus({ eventBridge, eventBus: outcomeBus }, events),
  }
}
