import fc from 'fast-check'
import { FAULTS_AT, type Step } from './faults-at.ts'
import type { PlannedFault } from './scenario.ts'

/** Some steps are only taken when something else has gone wrong before. */
const CAUSES: Partial<Record<Step, readonly PlannedFault[]>> = {
  'write uncertain row': [
    { step: 'call', kind: 'unanswered', nth: 0 },
    { step: 'call', kind: 'swallowed', nth: 1 },
    { step: 'call', kind: 'unanswered', nth: 2 },
  ],
  'send remainder': [{ step: 'write reset row', kind: 'refused', nth: 0 }],
  'wait to send again': [{ step: 'send chunks', kind: 'partial', nth: 0 }],
  'wait to read again': [{ step: 'read page', kind: 'partial', nth: 0 }],
  'wait to write again': [{ step: 'write reset row', kind: 'partial', nth: 0 }],
}

const isSeldom = (step: Step) => step.endsWith('again') || step === 'write uncertain row'
const isOfQuota = (step: Step) => /quota|count/.test(step)
const hitsAt = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    FAULTS_AT[step].flatMap((kind) => Array(isSeldom(step) ? 3 : 1).fill({ step, kind })),
  ) as Pick<PlannedFault, 'step' | 'kind'>[]

/** A fault at a step, after what makes that step likely to be taken: at one that counts members, or at any other. */
export function faultArbitrary(at: 'quota' | 'others'): fc.Arbitrary<readonly PlannedFault[]> {
  const steps = (Object.keys(FAULTS_AT) as Step[]).filter((step) => isOfQuota(step) === (at === 'quota'))
  return fc.constantFrom(...hitsAt(steps)).chain(({ step, kind }) => {
    const first = step === 'call' || step === 'wait' ? 8 : step.endsWith('again') ? 0 : 2
    const nth = fc.oneof({ weight: 3, arbitrary: fc.nat(first) }, { weight: 1, arbitrary: fc.nat(20) })
    const causes = fc.subarray([...(CAUSES[step] ?? [])], { minLength: CAUSES[step] ? 1 : 0 })
    return fc.tuple(nth, causes).map(([when, before]) => [{ step, kind, nth: when }, ...before])
  })
}
