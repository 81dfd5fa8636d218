import { createLimiter } from '../../lib/flow/limiter.ts'
import {
  createReadRow,
  type ReadRow,
  type ReadRows,
  type ResetRow,
  type UncertainCall,
  type WriteResets,
} from '../../lib/ledger/ledger.ts'
import { createLedgerWriter, type LedgerWriter } from '../../lib/ledger/ledger-writer.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { createEndpoint, type Endpoint } from '../../lib/step/endpoint.ts'
import { createStep, type StepEffects, type StepEnvironment } from '../../lib/step/environment.ts'
import type { RequireReset } from '../../lib/stytch/require-reset.ts'
import type { Config } from './config.ts'

/** Every effect the function has on the world. */
export type Effects = StepEffects & {
  requireReset: RequireReset
  readRows: ReadRows
  writeResets: WriteResets
  writeUncertain: (call: UncertainCall) => Promise<void>
}

/** Settings, effects, and what one execution environment remembers between invocations. */
export type Environment = StepEnvironment<Config, Effects> &
  Endpoint & { readRow: ReadRow; ledgerWriter: LedgerWriter<ResetRow> }

/** Makes what an execution environment of require-reset remembers. */
export function createEnvironment(config: Config, effects: Effects): Environment {
  const { requestsPerSecond, callsInFlight, maxUnrecorded } = config
  const limiter = createLimiter({ ...effects, rate: { starts: requestsPerSecond, inMs: 1000 } })
  return {
    ...createEndpoint(createStep(config, effects), { limiter, callsInFlight, maxUnrecorded }),
    readRow: createReadRow(effects.readRows, (error) =>
      reportUnavailable(effects.observe, 'ledger unavailable', error),
    ),
    ledgerWriter: createLedgerWriter({
      write: effects.writeResets,
      sleep: effects.sleep,
      enough: rowsPerWrite(config),
    }),
  }
}

/** While one write is under way the next is gathered, so a write takes half of those who may wait for a row. */
function rowsPerWrite({ maxUnrecorded, callsInFlight }: Config): number {
  return Math.max(1, Math.ceil((maxUnrecorded - callsInFlight) / 2))
}
