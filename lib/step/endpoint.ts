import pLimit, { type LimitFunction } from 'p-limit'
import type { Clocks } from '../flow/count-down.ts'
import type { Limiter } from '../flow/limiter.ts'
import type { Observe } from '../observability/observe.ts'
import type { CredentialsReader } from '../stytch/credentials.ts'
import type { Failure } from '../stytch/judge-answer.ts'
import { type Circuit, createCircuit, createFailureDetector, type Stop } from './stop-calling.ts'

/** What calling an endpoint takes. */
type Calling = Clocks & {
  credentials: CredentialsReader
  observe: Observe
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/** An endpoint of Stytch, or several that share a rate: what an execution environment remembers about calling it. */
export type Endpoint = Calling & {
  limiter: Limiter
  /** Bounds the calls that wait for an answer or for their turn. */
  inFlight: LimitFunction
  circuit: Circuit
  /** Why a failure, or undefined for none, makes further calls futile, if it does. */
  findFutility: (failure: Failure | undefined) => Stop | undefined
}

/** Makes what an execution environment remembers about an endpoint. `maxUnrecorded`: see createCircuit. */
export function createEndpoint<Environment extends Calling>(
  environment: Environment,
  settings: { limiter: Limiter; callsInFlight: number; maxUnrecorded: number },
): Environment & Endpoint {
  const { limiter, callsInFlight, maxUnrecorded } = settings
  return {
    ...environment,
    limiter,
    inFlight: pLimit(callsInFlight),
    circuit: createCircuit({ ...environment, maxUnrecorded }),
    findFutility: createFailureDetector(),
  }
}
