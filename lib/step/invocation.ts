import { createPersonQueue } from '../flow/concurrency.ts'
import type { Observe } from '../observability/observe.ts'
import type { Circuit, Stop } from './stop-calling.ts'

/** Why a person waits for the ledger. */
export const LEDGER_UNAVAILABLE: Stop = { code: 'ledger_unavailable', delay: 'growing', untried: true }

/** What calls of one invocation share: the deadline, and whether calling has stopped. */
export type Calls = {
  /** No call starts later than this (of the monotonic clock). The time after it is for an unanswered call and for settling. */
  latestStart: number
  noteCall(): void
  /** Whether anybody has been called. An invocation without progress is not repeated at once. */
  hasCalled(): boolean
  /** Stops all further calls of the invocation. The first reason stays. */
  stop(reason: Stop): void
  stopped(): Stop | undefined
}

/** The same calls, which are no progress by themselves: an invocation that makes no others is not repeated at once. */
export function withoutProgress(calls: Calls): Calls {
  return { ...calls, noteCall: () => {} }
}

/** The same calls, to an endpoint whose outage stops only the calls to itself. */
export function stoppedAlone(calls: Calls, { circuit }: { circuit: Pick<Circuit, 'open'> }): Calls {
  return {
    ...calls,
    stop: (reason) => {
      if (reason.delay === 'longest') calls.stop(reason)
    },
    stopped: () => calls.stopped() ?? circuit.open(),
  }
}

/** What the records of one invocation share: about calling, and one turn at a time for each person. */
export type Invocation<Outcome> = Calls & {
  /** Work on the same person runs one after the other, and is given the outcome of the turn before it. */
  inTurn: ReturnType<typeof createPersonQueue<Outcome>>
  /** How much of its time is left, in ms. */
  leftMs(): number
}

/** Starts an invocation. `remainingMs`: the time that Lambda says is left to it. Nobody is called while one of the circuits is open. */
export function createInvocation<Outcome>(
  environment: {
    config: Times
    observe: Pick<Observe, 'note' | 'measure'>
    monotonic: () => number
  },
  remainingMs: number,
  circuits: readonly Pick<Circuit, 'open'>[],
): Invocation<Outcome> {
  const { config, observe, monotonic } = environment
  let hasCalled = false
  let stopped: Stop | undefined
  const latestStart = monotonic() + timeForStarts(remainingMs, config)
  const invocation: Invocation<Outcome> = {
    latestStart,
    leftMs: () => latestStart + reservedMsOf(config) - monotonic(),
    noteCall: () => {
      hasCalled = true
    },
    hasCalled: () => hasCalled,
    stop: (reason) => {
      if (stopped) return
      stopped = reason
      observe.note('calling stopped', { code: reason.code, delay: reason.delay })
      if (reason.delay === 'longest') observe.measure('ConfigurationFault', 1)
    },
    stopped: () => stopped,
    inTurn: createPersonQueue<Outcome>(),
  }
  for (const circuit of circuits) {
    const pause = circuit.open()
    if (pause) invocation.stop(pause)
  }
  return invocation
}

type Times = { functionTimeoutMs: number; settleReserveMs: number; callTimeoutMs: number }

/**
 * For how long calls may start, in ms: until what is left is for an unanswered call and for settling. Lambda compares its deadline with
 * the wall clock, which may be wrong. Its answer counts only if it is plausible: an invocation begins with more than half of the time
 * that the function timeout leaves for starts, and with no more than that.
 */
function timeForStarts(remainingMs: number, config: Times): number {
  const reservedMs = reservedMsOf(config)
  const fullMs = config.functionTimeoutMs - reservedMs
  const leftMs = remainingMs - reservedMs
  return leftMs > fullMs / 2 && leftMs <= fullMs ? leftMs : fullMs
}

function reservedMsOf({ settleReserveMs, callTimeoutMs }: Times): number {
  return settleReserveMs + callTimeoutMs
}
