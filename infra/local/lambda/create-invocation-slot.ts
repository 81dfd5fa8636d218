import type { FunctionError } from './invocation-result.ts'
import type { Invocation } from './start-runtime-api.ts'

export type Outcome = { payload: unknown } | FunctionError

/** Where an execution environment's one invocation lies between the service and the runtime client. */
export type InvocationSlot = {
  /** The runtime client asks for its next invocation. */
  next(): Promise<Invocation>
  /** Resolves when the runtime client is asking. */
  free(): Promise<undefined>
  /** Hands an invocation over once the runtime client asks; resolves to its outcome. */
  deliver(invocation: Invocation): Promise<Outcome>
  /** Ends the invocation; false when the slot doesn't hold it. */
  settle(requestId: string, outcome: Outcome): boolean
  holds(requestId: string): boolean
  isTaken(): boolean
}

/** Creates an empty slot, for a runtime client that has not asked yet. */
export function createInvocationSlot(): InvocationSlot {
  let asking = Promise.withResolvers<(invocation: Invocation) => void>()
  let current: { requestId: string; settle(outcome: Outcome): void } | undefined

  const holds = (requestId: string) => current?.requestId === requestId

  return {
    next: () => new Promise((answer) => asking.resolve(answer)),
    free: () => asking.promise.then(() => undefined),
    async deliver(invocation) {
      const answer = await asking.promise
      asking = Promise.withResolvers()
      const settled = Promise.withResolvers<Outcome>()
      current = { requestId: invocation.requestId, settle: settled.resolve }
      answer(invocation)
      return settled.promise
    },
    settle(requestId, outcome) {
      if (!holds(requestId)) return false
      current?.settle(outcome)
      current = undefined
      return true
    },
    holds,
    isTaken: () => current !== undefined,
  }
}
