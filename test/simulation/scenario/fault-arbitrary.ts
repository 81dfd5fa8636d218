import fc from 'fast-check'
import {
  type BadDeploy,
  type Brownout,
  type ClockStep,
  FAULTS_AT,
  type FaultKind,
  type Outage,
  type PlannedFault,
  STEPS,
  type Step,
} from './faults.ts'
import { HOUR, MINUTE, SECOND } from './scenario.ts'

export const outage: fc.Arbitrary<Outage> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.integer({ min: MINUTE, max: 3 * HOUR })),
  as: fc.constantFrom(
    'server error',
    'html',
    'throttled',
    'unreachable',
    'hangs',
    'hangs after the effect',
    'refuses everybody',
  ),
})

/** The ledger and the secrets may be gone for longer than the retry horizon. */
export const brownout: fc.Arbitrary<Brownout> = fc.oneof(
  fc.record({
    from: fc.nat(10 * SECOND),
    lasts: fc.integer({ min: 10 * SECOND, max: HOUR }),
    as: fc.constantFrom('mixed', 'partial', 'dead-letter queue down', 'reset queue down'),
  }),
  fc.record({
    from: fc.nat(10 * SECOND),
    lasts: fc.integer({ min: 10 * SECOND, max: 3 * HOUR }),
    as: fc.constantFrom('ledger down', 'ledger read-only', 'secrets down'),
  }),
)

export const badDeploy: fc.Arbitrary<BadDeploy> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: MINUTE, max: 2 * HOUR }),
  role: fc.constantFrom('fan-out', 'require-reset'),
})

export const rotation = fc
  .record({ at: fc.nat(10 * SECOND), lag: fc.oneof(fc.nat(SECOND), fc.nat(HOUR)) })
  .map(({ at, lag }) => ({ at, lag, mistaken: at % 2 === 1 }))

export const clockStep: fc.Arbitrary<ClockStep> = fc.record({
  at: fc.oneof(fc.nat(5 * SECOND), fc.nat(15 * MINUTE), fc.nat(HOUR)),
  by: fc
    .tuple(fc.constantFrom(1, -1), fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.nat(HOUR)))
    .map(([sign, ms]) => sign * ms),
  environment: fc.nat(1),
  role: fc.constant('require-reset'),
})

/** Faults at the steps of a group, and those that make them likely. */
export function faults(
  group: FaultGroup,
  length: { minLength: number; maxLength: number },
): fc.Arbitrary<PlannedFault[]> {
  return fc.array(faultArbitrary(group), length).map((some) => some.flat())
}

/** Faults that lead to steps which are rarely taken otherwise. */
const CAUSES: Partial<Record<Step, readonly PlannedFault[]>> = {
  'note uncertain call': [
    { step: 'call', kind: 'unanswered', nth: 0 },
    { step: 'call', kind: 'swallowed', nth: 1 },
    { step: 'call', kind: 'unanswered', nth: 2 },
  ],
  'send remainder': [{ step: 'write reset row', kind: 'refused', nth: 0 }],
  'wait to send again': [{ step: 'send chunks', kind: 'partial', nth: 0 }],
  'wait to read again': [{ step: 'read page', kind: 'partial', nth: 0 }],
  'wait to write again': [{ step: 'write reset row', kind: 'partial', nth: 0 }],
  'send session letters': [{ step: 'revoke', kind: 'forbidden', nth: 0 }],
  'send session remainder': [{ step: 'write ended row', kind: 'refused', nth: 0 }],
}

type FaultGroup = 'quota' | 'rehearsal' | 'sessions' | 'progress' | 'others'
const GROUPS: readonly (readonly [FaultGroup, RegExp])[] = [
  ['quota', /quota|count/],
  ['rehearsal', /rehearsed/],
  ['progress', /fact|read run|outcome/],
  ['sessions', /session|ended|search|revoke|read back|pass on/],
]
const groupOf = (step: Step): FaultGroup => GROUPS.find(([, pattern]) => pattern.test(step))?.[0] ?? 'others'
const TELLING: readonly FaultKind[] = ['survives', 'stranger', 'deleted']

/** How many times as often as others a fault is drawn, because its step is rarely taken, or because it tells more. */
function weightOf(step: Step, kind: FaultKind): number {
  if (/again$|^note|^send session letters/.test(step) || TELLING.includes(kind)) return 3
  return step === 'send dead letters' || step === 'write reset row' ? 2 : 1
}

const faultsAt = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    FAULTS_AT[step].flatMap((kind) => Array(weightOf(step, kind)).fill({ step, kind })),
  ) as Pick<PlannedFault, 'step' | 'kind'>[]

/** A fault at a step of a group, with faults that make the step likely: the steps that count members, those of end-sessions, or the others. */
function faultArbitrary(group: FaultGroup): fc.Arbitrary<readonly PlannedFault[]> {
  const steps = STEPS.filter((step) => groupOf(step) === group)
  return fc.constantFrom(...faultsAt(steps)).chain(({ step, kind }) => {
    const first = step === 'call' || step === 'wait' ? 8 : step.endsWith('again') ? 0 : 2
    const nth = fc.oneof({ weight: 3, arbitrary: fc.nat(first) }, { weight: 1, arbitrary: fc.nat(20) })
    const causes = fc.subarray([...(CAUSES[step] ?? [])], { minLength: CAUSES[step] ? 1 : 0 })
    return fc.tuple(nth, causes).map(([when, before]) => [{ step, kind, nth: when }, ...before])
  })
}

/** The value once in `times`, undefined otherwise. */
export function rare<Value>(value: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
}

export const atMostOne = <Value>(value: fc.Arbitrary<Value>, times: number) =>
  rare(value, times).map((one) => (one === undefined ? [] : [one]))
