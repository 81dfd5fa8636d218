import { createLimiter, type Limiter, type Rate } from '../../lib/flow/limiter.ts'
import type { Ended, EndedRow, ReadEnded, WriteEnded } from '../../lib/ledger/ended-sessions.ts'
import { createRowReader } from '../../lib/ledger/items.ts'
import { createLedgerWriter, type LedgerWriter } from '../../lib/ledger/ledger-writer.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { createEndpoint, type Endpoint } from '../../lib/step/endpoint.ts'
import { createStep, type StepEffects, type StepEnvironment } from '../../lib/step/environment.ts'
import type { AskStytch } from '../../lib/stytch/ask-stytch.ts'
import type { Config } from './config.ts'
import { createSearchSize, type SearchSize } from './search-size.ts'

/** Every effect the function has on the world. */
export type Effects = StepEffects & {
  askStytch: AskStytch
  readEnded: ReadEnded
  writeEnded: WriteEnded
}

/** Settings, effects, and what one execution environment remembers between invocations. */
export type Environment = StepEnvironment<Config, Effects> & {
  /** Both searches share a rate. */
  searchOrganizations: Endpoint
  searchMembers: Endpoint
  revoke: Endpoint
  readBack: Endpoint
  searchSize: SearchSize
  /** The latest reset for which a person's sessions have ended. */
  readEndedFor: (person: string) => Promise<Ended | 'unreadable'>
  ledgerWriter: LedgerWriter<EndedRow>
}

const ROWS_PER_WRITE = 25
/** People at work for each call in flight: one is revoked, others wait for their read-back or their row. */
const PEOPLE_PER_CALL = 3

/** Makes what an execution environment of end-sessions remembers. */
export function createEnvironment(config: Config, effects: Effects): Environment {
  const { callsInFlight, searchesPerMinute, revocationsPerSecond, readBacksPerSecond } = config
  const step = createStep(config, effects)
  const maxUnrecorded = PEOPLE_PER_CALL * callsInFlight
  const endpoint = (limiter: Limiter) => createEndpoint(step, { limiter, callsInFlight, maxUnrecorded })
  const limit = (starts: number, inMs: Rate['inMs']) => createLimiter({ ...effects, rate: { starts, inMs } })
  const searches = limit(searchesPerMinute, 60_000)
  return {
    ...step,
    searchOrganizations: endpoint(searches),
    searchMembers: endpoint(searches),
    revoke: endpoint(limit(revocationsPerSecond, 1000)),
    readBack: endpoint(limit(readBacksPerSecond, 1000)),
    searchSize: createSearchSize(),
    readEndedFor: createRowReader(effects.readEnded, { resetAt: Number.NEGATIVE_INFINITY }, (error) =>
      reportUnavailable(effects.observe, 'ledger unavailable', error),
    ),
    ledgerWriter: createLedgerWriter({
      write: effects.writeEnded,
      sleep: effects.sleep,
      enough: ROWS_PER_WRITE,
    }),
  }
}
