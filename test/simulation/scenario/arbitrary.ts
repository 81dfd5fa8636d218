import fc from 'fast-check'
import { moreForDecisions, withDecisions } from './decision-arbitrary.ts'
import {
  atMostOne,
  badDeploy,
  brownout,
  clockStep,
  faults,
  outage,
  rare,
  rotation,
} from './fault-arbitrary.ts'
import type { MemberTrouble } from './faults.ts'
import { moreForProgress, withProgress } from './progress-arbitrary.ts'
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
import { memberTroubles, moreForSessions, survivor, ways } from './session-arbitrary.ts'

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
    faults: faults('others', { minLength: 0, maxLength: 22 }),
    outages: atMostOne(outage, 3),
    brownouts: atMostOne(brownout, 8),
    badDeploys: atMostOne(badDeploy, 8),
    rotation: rare(rotation, 5),
    newPasswords: fc.array(newPassword, { maxLength: 6 }),
    pausedUntil: rare(fc.integer({ min: MINUTE, max: 4 * DAY }), 8),
    redriveAt: rare(fc.integer({ min: DAY, max: 6 * DAY }), 2),
    limited: rare(fc.record({ sources, more: faults('quota', { minLength: 2, maxLength: 14 }) }), 4),
    clockSteps: rare(fc.array(clockStep, { minLength: 1, maxLength: 3 }), 3).map((steps = []) => steps),
    canaryAt: rare(fc.nat(HOUR), 4),
    endSessions: fc.constantFrom(...Array(9).fill(true), false),
    ways,
    survivors: fc.array(survivor(people), { maxLength: 2 }),
    more: moreForSessions,
    memberTroubles: memberTroubles(people),
    progress: moreForProgress,
    decisions: moreForDecisions(people),
  })
  return scenario.map(({ limited, more, progress, decisions, ...rest }) => {
    const withSessions = {
      ...rest,
      memberTroubles: rest.memberTroubles.map((trouble) => ofSeveralMembers(trouble, rest.people)),
      sources: limited?.sources,
      faults: [...rest.faults, ...(limited?.more ?? []), ...more.faults],
      outages: [...rest.outages, ...more.outages, ...more.searchOutages],
      brownouts: [...rest.brownouts, ...more.brownouts],
      badDeploys: [...rest.badDeploys, ...more.badDeploys],
      clockSteps: [...rest.clockSteps, ...more.clockSteps],
    }
    return withDecisions(withProgress(withSessions, progress), decisions)
  })
}

/** Trouble with a second member is for somebody who has one. */
function ofSeveralMembers(trouble: MemberTrouble, people: readonly PersonKind[]): MemberTrouble {
  const several = [...people.keys()].filter((person) => people[person]?.startsWith('in t'))
  const person = trouble.member > 0 ? several[trouble.person % several.length] : undefined
  return { ...trouble, person: person ?? trouble.person }
}

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PersonKind>('member') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PersonKind>(
      'in two organizations',
      'in three organizations',
      'stranger',
      'look-alike',
      'no password',
      'suspended',
    ),
  },
)

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
