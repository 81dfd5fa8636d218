import fc from 'fast-check'
import {
  type BadDeploy,
  type Brownout,
  type ClockStep,
  FAULTS_AT,
  type Outage,
  type PlannedFault,
  STEPS,
  type Step,
} from './faults.ts'
import {
  DAY,
  HOUR,
  MINUTE,
  type PersonKind,
  type Produced,
  type Row,
  type Scenario,
  SECOND,
} from './scenario.ts'

/** Returns the scenario that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarioArbitrary, { seed, numRuns: 1 })
  if (!scenario) throw new Error('fast-check made no scenario')
  return scenario
}

const PEOPLE = { narrow: 8, wide: 40 }

/** All scenarios that a seed can stand for. fast-check draws one from the seed, and makes it smaller when it breaks a promise. */
export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .constantFrom<Scenario['deployment'][]>(...Array(9).fill('narrow'), 'wide')
  .chain(scenarioOn)

function scenarioOn(deployment: Scenario['deployment']): fc.Arbitrary<Scenario> {
  const people = PEOPLE[deployment]
  const newPassword = fc.record({
    person: fc.nat(people - 1),
    at: fc.oneof(fc.nat(MINUTE), fc.nat(DAY)),
  })
  const scenario = fc.record({
    entropy: fc.noShrink(fc.integer()),
    deployment: fc.constant(deployment),
    people: fc.array(person, { minLength: people, maxLength: people }),
    produced: fc.array(producedOf(people), { minLength: 1, maxLength: 4 }),
    faults: faults('others', 0),
    outages: atMostOne(outage, 3),
    brownouts: atMostOne(brownout, 8),
    badDeploys: atMostOne(badDeploy, 8),
    rotation: rare(rotation, 5),
    newPasswords: fc.array(newPassword, { maxLength: 6 }),
    pausedUntil: rare(fc.integer({ min: MINUTE, max: 4 * DAY }), 8),
    redriveAt: rare(fc.integer({ min: DAY, max: 6 * DAY }), 2),
    limited: rare(fc.record({ sources, more: faults('quota', 2) }), 4),
    clockSteps: rare(fc.array(clockStep, { minLength: 1, maxLength: 3 }), 3).map((steps = []) => steps),
  })
  return scenario.map(({ limited, ...rest }) => ({
    ...rest,
    sources: limited?.sources,
    faults: [...rest.faults, ...(limited?.more ?? [])],
  }))
}

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PersonKind>('member') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PersonKind>(
      'in two organizations',
      'stranger',
      'look-alike',
      'no password',
      'suspended',
    ),
  },
)

const outage: fc.Arbitrary<Outage> = fc.record({
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
const brownout: fc.Arbitrary<Brownout> = fc.oneof(
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

const badDeploy: fc.Arbitrary<BadDeploy> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: MINUTE, max: 2 * HOUR }),
  role: fc.constantFrom('fan-out', 'require-reset'),
})

const rotation = fc
  .record({ at: fc.nat(10 * SECOND), lag: fc.oneof(fc.nat(SECOND), fc.nat(HOUR)) })
  .map(({ at, lag }) => ({ at, lag, mistaken: at % 2 === 1 }))

const clockStep: fc.Arbitrary<ClockStep> = fc.record({
  at: fc.oneof(fc.nat(5 * SECOND), fc.nat(15 * MINUTE), fc.nat(HOUR)),
  by: fc
    .tuple(fc.constantFrom(1, -1), fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.nat(HOUR)))
    .map(([sign, ms]) => sign * ms),
  environment: fc.nat(1),
})

const faults = (at: 'quota' | 'others', minLength: number) =>
  fc.array(faultArbitrary(at), { minLength, maxLength: 14 }).map((some) => some.flat())

const atMostOne = <Value>(value: fc.Arbitrary<Value>, times: number) =>
  rare(value, times).map((one) => (one === undefined ? [] : [one]))

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
}

const isRare = (step: Step) => step.endsWith('again') || step === 'note uncertain call'
const isOfQuota = (step: Step) => /quota|count/.test(step)
const faultsAt = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    FAULTS_AT[step].flatMap((kind) => Array(isRare(step) ? 3 : 1).fill({ step, kind })),
  ) as Pick<PlannedFault, 'step' | 'kind'>[]

/** A fault at a step, with faults that make the step likely: a step that counts members (`quota`), or another one. */
function faultArbitrary(at: 'quota' | 'others'): fc.Arbitrary<readonly PlannedFault[]> {
  const steps = STEPS.filter((step) => isOfQuota(step) === (at === 'quota'))
  return fc.constantFrom(...faultsAt(steps)).chain(({ step, kind }) => {
    const first = step === 'call' || step === 'wait' ? 8 : step.endsWith('again') ? 0 : 2
    const nth = fc.oneof({ weight: 3, arbitrary: fc.nat(first) }, { weight: 1, arbitrary: fc.nat(20) })
    const causes = fc.subarray([...(CAUSES[step] ?? [])], { minLength: CAUSES[step] ? 1 : 0 })
    return fc.tuple(nth, causes).map(([when, before]) => [{ step, kind, nth: when }, ...before])
  })
}

const sourceLimits = fc.record(
  {
    maxMembersPerEvent: fc.integer({ min: 4, max: 8 }),
    maxMembersPerHour: fc.integer({ min: 4, max: 20 }),
    highestMode: fc.constantFrom('enforce', 'enforce', 'dry_run'),
  },
  { requiredKeys: ['maxMembersPerHour'] },
)

/** The limits of the two sources that producers use: a stage names one, both or neither. */
const sources: fc.Arbitrary<Scenario['sources']> = fc.oneof(
  fc.record({ '*': sourceLimits }),
  fc.record({ 'urn:even': sourceLimits, '*': sourceLimits }),
  fc.record({ 'urn:odd': sourceLimits, '*': sourceLimits }),
  fc.record({ 'urn:even': sourceLimits, 'urn:odd': sourceLimits }),
  fc.record({ 'urn:odd': sourceLimits }),
)

/** The value once in `times`, undefined otherwise. */
function rare<Value>(value: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
}

const rowOf = (people: number): fc.Arbitrary<Row> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        person: fc.nat(people - 1),
        ids: fc.constantFrom('none', 'none', 'right', 'wrong'),
      }),
    },
    { weight: 1, arbitrary: fc.constant('bad') },
  )

/** What a producer sends, about people numbered below `people`. */
function producedOf(people: number): fc.Arbitrary<Produced> {
  return fc.record({
    kind: fc.constantFrom(
      'event',
      'event',
      'event',
      'event',
      'event',
      'in an SNS notification',
      'broken JSON',
    ),
    rows: fc.array(rowOf(people), { minLength: people > 9 ? 20 : 1, maxLength: people + 1 }),
    sentAt: fc.oneof(fc.constant(0), fc.nat(5 * SECOND), fc.nat(HOUR)),
    copies: fc.array(fc.oneof(fc.nat(5 * SECOND), fc.nat(3 * DAY)), { maxLength: 1 }),
    clockOff: fc.oneof(fc.constant(0), fc.integer({ min: -10 * MINUTE, max: 6 * MINUTE })),
    exposedBefore: rare(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(HOUR) },
        { weight: 3, arbitrary: fc.nat(2 * DAY) },
        { weight: 1, arbitrary: fc.integer({ min: -3 * DAY, max: 0 }) },
        { weight: 3, arbitrary: fc.constant<'at the last call'>('at the last call') },
      ),
      2,
    ),
    expiresAfter: rare(fc.nat(HOUR), 20),
    mode: rare(fc.constantFrom('enforce', 'dry_run'), 5),
    misplacesMode: fc.constantFrom(...Array(19).fill(false), true),
  })
}
