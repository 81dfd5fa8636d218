import { setTimeout } from 'node:timers/promises'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { ConfigSchema } from '../../../functions/require-reset/config.ts'
import { createEnvironment } from '../../../functions/require-reset/environment.ts'
import { resetBatch } from '../../../functions/require-reset/reset-batch.ts'
import { errorBoundary } from '../../../lib/observability/powertools.ts'
import { createRequireReset } from '../../../lib/stytch/require-reset.ts'

const config = ConfigSchema.parse(process.env)
const observe = { outcome: () => {}, measure: () => {}, note: () => {}, failure: () => {} }
const secrets: Record<string, string | undefined> = {
  [config.stytchSecret]: process.env.STYTCH_CREDENTIALS,
  [config.ledgerKeySecret]: process.env.LEDGER_KEY,
}

const environment = createEnvironment(config, {
  observe,
  requireReset: createRequireReset({ timeoutMs: config.callTimeoutMs, baseUrl: config.stytchBaseUrl }),
  sendMessages: async () => ({ refused: [] }),
  readRows: async () => new Map(),
  writeResets: async () => {},
  writeUncertain: async () => {},
  putFact: async () => {},
  readRun: async () => [],
  sendOutcomes: undefined,
  checkSentinel: async () => 'same',
  readSecret: async (name) => secrets[name],
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: setTimeout,
  random: Math.random,
})

async function requireReset(event: SQSEvent): Promise<SQSBatchResponse> {
  return resetBatch(environment, event, config.functionTimeoutMs)
}

/** Our handler without ledger, logs, metrics and secrets: shows what the calls alone cost. */
export const handler = middy(requireReset, { timeoutEarlyInMillis: 0 }).use(errorBoundary(observe))
