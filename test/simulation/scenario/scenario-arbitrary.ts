import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from './durations.ts'
import { faultArbitrary } from './fault-arbitrary.ts'
import { producedOf } from './produced-of.ts'
import { rare } from './rare.ts'
import type { BadDeploy, Brownout, Outage, PersonKind, Scenario } from './scenario.ts'
import { sourcesArbitrary } from './sources-arbitrary.ts'

const PEOPLE = { narrow: 8, wide: 40 }

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PersonKind>('member') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PersonKind>('in two organizations', 'stranger', 'no password', 'suspended'),
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

const faults = (at: 'quota' | 'others', minLength: number) =>
  fc.array(faultArbitrary(at), { minLength, maxLength: 14 }).map((some) => some.flat())

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
  const scenario = fc.record({
    entropy: fc.noShrink(fc.integer()),
    deployment: fc.constant(deployment),
    people: fc.array(person, { minLength: people, maxLength: people }),
    produced: fc.array(producedOf(people), { minLength: 1, maxLength: 4 }),
    faults: faults('others', 0),
    outages: atMostOne(outage, 3),
    brownouts: atMostOne(brownout, 8),
    badDeploys: atMostOne(badDeploy, 8),
    rotation: rare(fc.record({ at: fc.nat(10 * SECOND), lag: fc.oneof(fc.nat(SECOND), fc.nat(HOUR)) }), 5),
    newPasswords: fc.array(newPassword, { maxLength: 6 }),
    redriveAt: rare(fc.integer({ min: DAY, max: 6 * DAY }), 2),
    trust: rare(fc.record({ sources: sourcesArbitrary, more: faults('quota', 2) }), 4),
  })
  return scenario.map(({ trust, ...rest }) => ({
    ...rest,
    sources: trust?.sources,
    faults: [...rest.faults, ...(trust?.more ?? [])],
  }))
}
