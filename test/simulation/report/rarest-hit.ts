import { FAULTS_AT, type Step } from '../scenario/faults-at.ts'
import type { Hits } from './tally.ts'

/** The fault × step that struck least. */
export function rarestHit(hits: Hits): { step: Step; fault: string; count: number } {
  const steps = Object.keys(FAULTS_AT) as Step[]
  const all = steps.flatMap((step) =>
    FAULTS_AT[step].map((fault) => ({ step, fault, count: hits[step]?.[fault] ?? 0 })),
  )
  return all.reduce((least, hit) => (hit.count < least.count ? hit : least))
}
