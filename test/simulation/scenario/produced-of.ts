import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from './durations.ts'
import { rare } from './rare.ts'
import type { Produced, Row } from './scenario.ts'

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

/** What a producer sends, about people with a number below `people`. */
export function producedOf(people: number): fc.Arbitrary<Produced> {
  return fc.record({
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
}
