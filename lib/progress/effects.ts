import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import * as z from 'zod'
import { sendToBus } from './event-bus.ts'
import type { ProgressEffects } from './keep-facts.ts'
import { putFact, readRun } from './progress-table.ts'

/** The environment variables that every function has for facts. */
export const PROGRESS_VARIABLES = {
  PROGRESS_TABLE: z.string().min(1),
  /** Name or ARN. Left out: no outcome events. */
  OUTCOME_BUS: z.string().min(1).optional(),
}

/**
 * Facts have clients of their own: a client that they shared with the ledger would have no connections and no second tries left for it while
 * the table of facts hangs or throttles. A hundred facts can be put at once: few connections, as to open one takes a small function long,
 * and time enough to wait for one.
 */
const CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { requestTimeout: 1500, throwOnRequestTimeout: true, httpsAgent: { maxSockets: 10 } },
}

/** The effects that keep facts. */
export function createProgress(config: {
  progressTable: string
  outcomeBus: string | undefined
}): ProgressEffects {
  const table = { dynamoDB: new DynamoDBClient(CLIENT_LIMITS), table: config.progressTable }
  return {
    putFact: (fact, settlement) => putFact(table, fact, settlement),
    readRun: (event, run) => readRun(table, event, run),
    sendOutcomes: config.outcomeBus === undefined ? undefined : sendTo(config.outcomeBus),
  }
}

function sendTo(eventBus: string): ProgressEffects['sendOutcomes'] {
  const bus = { eventBridge: new EventBridgeClient(CLIENT_LIMITS), eventBus }
  return (events) => sendToBus(bus, events)
}
