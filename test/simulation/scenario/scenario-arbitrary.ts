import fc from 'fast-check'
import { FAULTS_AT, type Step } from './faults-at.ts'
import type {
  BadDeploy,
  Brownout,
  Outage,
  PersonKind,
  PlannedFault,
  Produced,
  Row,
  Scenario,
} from './scenario.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PEOPLE = { narrow: 8, wide: 40 }

/** Once in `times`; else undefined. */
const rare = <Value>(value: fc.Arbitrary<Value>, times: number) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PersonKind>('member') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PersonKind>('in two organizations', 'stranger', 'no password', 'suspended'),
  },
)

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

const producedOf = (people: number): fc.Arbitrary<Produced> =>
  fc.record({
    kind: fc.constantFrom('event', 'event', 'event', 'event', 'event', 'in an SNS notification', 'rubbish'),
    rows: fc.array(rowOf(people), { minLength: people > 9 ? 20 : 1, maxLength: people + 1 }),
    sentAt: fc.oneof(fc.constant(0), fc.nat(5 * SECOND), fc.nat(HOUR)),
    copies: fc.array(fc.oneof(fc.nat(5 * SECOND), fc.nat(3 * DAY)), { maxLength: 1 }),
    clockOff: fc.oneof(fc.constant(0), fc.integer({ min: -10 * MINUTE, max: 6 * MINUTE })),
    exposedBefore: rare(
      fc.oneof(fc.constant(HOUR), fc.nat(2 * DAY), fc.constant<'at the last call'>('at the last call')),
      2,
    ),
    expiresAfter: rare(fc.nat(HOUR), 20),
    mode: rare(fc.constantFrom('enforce', 'dry_run'), 5),
  })

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
const hits = (Object.keys(FAULTS_AT) as Step[]).flatMap((step) =>
  FAULTS_AT[step].flatMap((kind) => Array(isSeldom(step) ? 3 : 1).fill({ step, kind })),
) as Pick<PlannedFault, 'step' | 'kind'>[]

const fault: fc.Arbitrary<readonly PlannedFault[]> = fc.constantFrom(...hits).chain(({ step, kind }) => {
  const first = step === 'call' || step === 'wait' ? 8 : step.endsWith('again') ? 0 : 2
  const nth = fc.oneof({ weight: 3, arbitrary: fc.nat(first) }, { weight: 1, arbitrary: fc.nat(20) })
  const causes = fc.subarray([...(CAUSES[step] ?? [])], { minLength: CAUSES[step] ? 1 : 0 })
  return fc.tuple(nth, causes).map(([at, before]) => [{ step, kind, nth: at }, ...before])
})

const outage: fc.Arbitrary<Outage> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.integer({ min: MINUTE, max: 3 * HOUR })),
  as: fc.constantFrom('server error', 'html', 'throttled', 'unreachable', 'hangs', 'hangs after the effect'),
})

const brownout: fc.Arbitrary<Brownout> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: 10 * SECOND, max: HOUR }),
  as: fc.constantFrom('mixed', 'partial'),
})

const badDeploy: fc.Arbitrary<BadDeploy> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: MINUTE, max: 2 * HOUR }),
  role: fc.constantFrom('fan-out', 'require-reset'),
})

const atMostOne = <Value>(value: fc.Arbitrary<Value>, times: number) =>
  rare(value, times).map((one) => (one === undefined ? [] : [one]))

/** Every scenario that a seed can stand for; fast-check makes it from the seed, and a smaller one when it breaks a promise. */
export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .constantFrom<Scenario['deployment'][]>(...Array(9).fill('narrow'), 'wide')
  .chain(scenarioOn)

function scenarioOn(deployment: Scenario['deployment']): fc.Arbitrary<Scenario> {
  const people = PEOPLE[deployment]
  const newPassword = fc.record({
    person: fc.nat(people - 1),
    at: fc.oneof(fc.nat(MINUTE), fc.nat(DAY)),
  })
  return fc.record({
    entropy: fc.noShrink(fc.integer()),
    deployment: fc.constant(deployment),
    people: fc.array(person, { minLength: people, maxLength: people }),
    produced: fc.array(producedOf(people), { minLength: 1, maxLength: 4 }),
    faults: fc.array(fault, { maxLength: 14 }).map((faults) => faults.flat()),
    outages: atMostOne(outage, 3),
    brownouts: atMostOne(brownout, 8),
    badDeploys: atMostOne(badDeploy, 8),
    rotation: rare(fc.record({ at: fc.nat(10 * SECOND), lag: fc.oneof(fc.nat(SECOND), fc.nat(HOUR)) }), 5),
    newPasswords: fc.array(newPassword, { maxLength: 6 }),
    redriveAt: rare(fc.integer({ min: DAY, max: 6 * DAY }), 2),
  })
}
