import { readRows, writeResets, writeUncertain } from '../../lib/ledger/ledger.ts'
import { createLambda } from '../../lib/step/lambda.ts'
import { createRequireReset } from '../../lib/stytch/require-reset.ts'
import { ConfigSchema } from './config.ts'
import { createEnvironment } from './environment.ts'
import { resetBatch } from './reset-batch.ts'

const config = ConfigSchema.parse(process.env)
const { effects, ledger, toHandler } = createLambda('require-reset', config)

const environment = createEnvironment(config, {
  ...effects,
  requireReset: createRequireReset({ timeoutMs: config.callTimeoutMs, baseUrl: config.stytchBaseUrl }),
  readRows: (people) => readRows(ledger, people),
  writeResets: (rows) => writeResets(ledger, rows),
  writeUncertain: (call) => writeUncertain(ledger, call),
})

export const handler = toHandler((event, remainingMs) => resetBatch(environment, event, remainingMs))
