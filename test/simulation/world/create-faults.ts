import type { FaultKind, Step } from '../scenario/faults-at.ts'
import type { PlannedFault } from '../scenario/scenario.ts'
import type { Happening } from './entry.ts'

export type TakeFault = (step: Step) => FaultKind | undefined

/** Returns what counts how often each step was taken, and says which fault strikes this time. */
export function createFaults(
  planned: readonly PlannedFault[],
  note: (happening: Happening) => void,
): TakeFault {
  const taken = new Map<Step, number>()
  return (step) => {
    const nth = taken.get(step) ?? 0
    taken.set(step, nth + 1)
    const fault = planned.find((one) => one.step === step && one.nth === nth)?.kind
    if (fault) note({ what: 'fault', step, fault })
    return fault
  }
}
