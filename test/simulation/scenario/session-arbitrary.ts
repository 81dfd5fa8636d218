import fc from 'fast-check'
import { atMostOne, badDeploy, clockStep, faults, outage } from './fault-arbitrary.ts'
import { DAY, HOUR, MINUTE, type Scenario, SECOND } from './scenario.ts'

/** What goes wrong with end-sessions, and with what it calls. */
export const moreForSessions = fc.record({
  faults: faults('sessions', { minLength: 2, maxLength: 20 }),
  outages: atMostOne(
    fc.tuple(outage, fc.constantFrom('search', 'revoke', 'read back')).map(([of, at]) => ({ ...of, at })),
    4,
  ),
  searchOutages: atMostOne(
    fc.record({
      from: fc.nat(MINUTE),
      lasts: fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.integer({ min: MINUTE, max: 2 * HOUR })),
      at: fc.constant('search' as const),
      as: fc.constantFrom('pages never end', 'pages in a circle'),
    }),
    15,
  ),
  brownouts: atMostOne(
    fc.record({
      from: fc.nat(MINUTE),
      lasts: fc.integer({ min: 10 * SECOND, max: HOUR }),
      as: fc.constant('sessions queue down'),
    }),
    20,
  ),
  badDeploys: atMostOne(
    badDeploy.map((deploy) => ({ ...deploy, role: 'end-sessions' as const })),
    16,
  ),
  clockSteps: atMostOne(
    clockStep.map((step) => ({ ...step, role: 'end-sessions' as const })),
    6,
  ),
})

/** The likeliest way first. The index may be behind for longer than end-sessions searches again. */
export const ways: fc.Arbitrary<Scenario['ways']> = fc.record({
  revokeWithoutSessions: fc.constantFrom('200', '404 session_not_found'),
  searchLagMs: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat(5 * MINUTE) },
    { weight: 1, arbitrary: fc.nat(2 * HOUR) },
  ),
  searchFilterLimit: fc.constantFrom(...Array(6).fill(1_000_000), 1, 2, 4),
  searchPageSize: fc.constantFrom(1000, 1000, 2, 3),
  sendsDate: fc.constantFrom(...Array(9).fill(true), false),
  readBackLagMs: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(1500) },
    { weight: 1, arbitrary: fc.nat(MINUTE) },
  ),
  searchSlowAbove: fc.constantFrom(...Array(9).fill(1_000_000), 1, 3),
})

/** A member may be forgotten just when they could be tried again. */
export const memberTroubles = (people: number): fc.Arbitrary<Scenario['memberTroubles']> => {
  const trouble = fc
    .record({
      person: fc.nat(people - 1),
      member: fc.nat(2),
      from: fc.oneof(fc.constant(0), fc.nat(MINUTE), fc.nat(HOUR)),
      lasts: fc.oneof(fc.integer({ min: SECOND, max: 10 * MINUTE }), fc.nat(3 * HOUR)),
    })
    .chain((of) =>
      fc.constantFrom(...[[{ ...of, as: 'forgotten' as const }], [{ ...of, as: 'fails' as const }]], [
        { ...of, as: 'fails' as const },
        { ...of, from: of.from + of.lasts, as: 'forgotten' as const },
      ]),
    )
  return fc.array(trouble, { maxLength: 4 }).map((some) => some.flat())
}

/** Somebody whose sessions survive, for a while or for ever. */
export const survivor = (people: number) =>
  fc.record({
    person: fc.nat(people - 1),
    until: fc.oneof(fc.nat(MINUTE), fc.nat(2 * HOUR), fc.constant(30 * DAY)),
  })
