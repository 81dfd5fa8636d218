import pLimit, { type LimitFunction } from 'p-limit'
import { createLimiter, type Limiter } from '../../lib/flow/limiter.ts'
import {
  createReadRow,
  type ReadRow,
  type ReadRows,
  type UncertainCall,
  type WriteResets,
} from '../../lib/ledger/ledger.ts'
import { createLedgerWriter, type LedgerWriter } from '../../lib/ledger/ledger-writer.ts'
import type { CheckSentinel } from '../../lib/ledger/sentinel.ts'
import { type Observe, reportUnavailable } from '../../lib/observability/observe.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { type CredentialsReader, createCredentialsReader } from '../../lib/stytch/credentials.ts'
import type { Verdict } from '../../lib/stytch/judge-answer.ts'
import type { RequireReset } from '../../lib/stytch/require-reset.ts'
import type { Config } from './config.ts'
import type { Stop } from './person.ts'
import { createKeysReader, type Keys } from './read-keys.ts'
import { type Circuit, createCircuit, createFailureDetector } from './stop-calling.ts'

/** Every effect the function has on the world. */
export type Effects = {
  requireReset: RequireReset
  sendMessages: SendMessages
  readRows: ReadRows
  writeResets: WriteResets
  writeUncertain: (call: UncertainCall) => Promise<void>
  checkSentinel: CheckSentinel
  readSecret: (name: string, options: { fresh: boolean }) => Promise<string | undefined>
  observe: Observe
  now: () => number
  /** Only goes forward, in ms from any moment, but may stand still while Lambda has frozen the process. */
  monotonic: () => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/** Settings, effects, and what one execution environment remembers between invocations. */
export type Environment = Effects & {
  config: Config
  credentials: CredentialsReader
  readKeys: () => Promise<Keys>
  readRow: ReadRow
  ledgerWriter: LedgerWriter
  limiter: Limiter
  /** Bounds the calls that wait for an answer or for their turn. */
  inFlight: LimitFunction
  circuit: Circuit
  /** Why a verdict makes further calls futile, if it does. */
  findFutility: (verdict: Verdict) => Stop | undefined
}

/** Makes what an execution environment of require-reset remembers. */
export function createEnvironment(config: Config, effects: Effects): Environment {
  const credentials = createCredentialsReader((options) => effects.readSecret(config.stytchSecret, options))
  const readLedgerKey = () => effects.readSecret(config.ledgerKeySecret, { fresh: false })
  return {
    ...effects,
    config,
    credentials,
    readKeys: createKeysReader({ ...effects, config, credentials, readLedgerKey }),
    readRow: createReadRow(effects.readRows, (error) =>
      reportUnavailable(effects.observe, 'ledger unavailable', error),
    ),
    ledgerWriter: createLedgerWriter({ ...effects, enough: rowsPerWrite(config) }),
    limiter: createLimiter({ ...effects, perSecond: config.requestsPerSecond }),
    inFlight: pLimit(config.callsInFlight),
    circuit: createCircuit({ ...effects, maxUnrecorded: config.maxUnrecorded }),
    findFutility: createFailureDetector(),
  }
}

/** While one write is under way the next is gathered, so a write takes half of those who may wait for a row. */
function rowsPerWrite({ maxUnrecorded, callsInFlight }: Config): number {
  return Math.max(1, Math.ceil((maxUnrecorded - callsInFlight) / 2))
}
