import { randomUUID } from 'node:crypto'
import type { SimulatorCall } from './simulator-call.ts'

export type CallLog = {
  /** Adds an entry as a request comes in; whoever serves it fills in what then happens. */
  open(): SimulatorCall
  /** Every request so far, in the order of arrival; the list grows with those to come. */
  all(): readonly SimulatorCall[]
}

/** Keeps the record of what was received and really done. `now` in ms. */
export function createCallLog(now: () => number): CallLog {
  const calls: SimulatorCall[] = []
  return {
    open: () => {
      const requestId = `request-id-test-${randomUUID()}`
      const call: SimulatorCall = { at: now(), email: '', status: 0, effect: 'none', requestId }
      calls.push(call)
      return call
    },
    all: () => calls,
  }
}
