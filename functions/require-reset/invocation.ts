import { createPersonQueue } from '../../lib/flow/concurrency.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { Outcome, Stop } from './person.ts'

/** What the records of one invocation share: the deadline, whether calling has stopped, and one turn at a time for each person. */
export type Invocation = {
  /** No call starts later than this (of the monotonic clock). The time after it is for an unanswered call and for settling. */
  latestStart: number
  /** Whether anybody has been called. An invocation without progress is not repeated at once. */
  called: boolean
  /** Stops all further calls of the invocation. The first reason stays. */
  stop(reason: Stop): void
  stopped(): Stop | undefined
  /** Work on the same person runs one after the other, and is given the outcome of the turn before it. */
  inTurn: ReturnType<typeof createPersonQueue<Outcome>>
}

/** Starts an invocation that may start calls until `latestStart` (of the monotonic clock). */
export function createInvocation(
  latestStart: number,
  observe: Pick<Observe, 'note' | 'measure'>,
): Invocation {
  let stopped: Stop | undefined
  return {
    latestStart,
    called: false,
    stop: (reason) => {
      if (stopped) return
      stopped = reason
      observe.note('calling stopped', { code: reason.code, delay: reason.delay })
      if (reason.delay === 'longest') observe.measure('ConfigurationFault', 1)
    },
    stopped: () => stopped,
    inTurn: createPersonQueue<Outcome>(),
  }
}
