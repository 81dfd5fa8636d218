import { readEnded, writeEnded } from '../../lib/ledger/ended-sessions.ts'
import { createLambda } from '../../lib/step/lambda.ts'
import { createAskStytch } from '../../lib/stytch/ask-stytch.ts'
import { ConfigSchema } from './config.ts'
import { endSessionsBatch } from './end-sessions-batch.ts'
import { createEnvironment } from './environment.ts'

const config = ConfigSchema.parse(process.env)
const { effects, ledger, toHandler } = createLambda('end-sessions', config)

const environment = createEnvironment(config, {
  ...effects,
  askStytch: createAskStytch({ timeoutMs: config.callTimeoutMs, baseUrl: config.stytchBaseUrl }),
  readEnded: (people) => readEnded(ledger, people),
  writeEnded: (rows) => writeEnded(ledger, rows),
})

export const handler = toHandler((event, remainingMs) => endSessionsBatch(environment, event, remainingMs))
