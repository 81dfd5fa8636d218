import { FAULTS_AT, type FaultKind, type Step } from '../scenario/faults-at.ts'
import type { Brownout } from '../scenario/scenario.ts'
import type { Dice } from './create-dice.ts'

const MIXED: readonly FaultKind[] = ['slow', 'slow', 'refused', 'unanswered', 'partial']
const SHARE = { mixed: 0.5, partial: 0.9 }

/** Returns what befalls a request to AWS that is made now, `since` ms after the start, because AWS has a bad day. */
export function createBrownOut(brownouts: readonly Brownout[], dice: Dice) {
  return (step: Step, since: number): FaultKind | undefined => {
    const brownout = brownouts.find(({ from, lasts }) => from <= since && since < from + lasts)
    if (!brownout || dice.roll('brownout') >= SHARE[brownout.as]) return undefined
    const fault = brownout.as === 'partial' ? 'partial' : MIXED[dice.between('brownout', 0, MIXED.length - 1)]
    const possible: readonly FaultKind[] = FAULTS_AT[step]
    return fault && possible.includes(fault) ? fault : undefined
  }
}
