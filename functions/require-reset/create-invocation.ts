import { createPersonQueue } from '../../lib/flow/create-person-queue.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { Outcome, Stop } from './outcome.ts'

/** What the records of one invocation share: the deadline, whether calling has been stopped, and one turn at a time per person. */
export type Invocation = {
  /** No call starts later than this (ms since the epoch): what is left then belongs to an unanswered call and to settling. */
  latestStart: number
  /** Whether anybody has been called: an invocation without progress is not repeated at once. */
  called: boolean
  /** Stops all further calls of the invocation. The first reason stays. */
  stop(reason: Stop): void
  stopped(): Stop | undefined
  inTurn: ReturnType<typeof createPersonQueue<Outcome>>
}

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
