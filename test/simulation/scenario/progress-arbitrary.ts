import fc from 'fast-check'
import { atMostOne, faults, rare } from './fault-arbitrary.ts'
import type { PlannedFault } from './faults.ts'
import { DAY, HOUR, MINUTE, type Scenario, SECOND } from './scenario.ts'

/** What goes wrong with facts and outcome events, and what makes them tell more. Most runs lose none of them. */
export const moreForProgress = fc.record({
  faults: rare(faults('progress', { minLength: 1, maxLength: 10 }), 3).map((some = []) => some),
  brownouts: atMostOne(
    fc.record({
      from: fc.nat(MINUTE),
      lasts: fc.integer({ min: 10 * SECOND, max: HOUR }),
      as: fc.constantFrom('progress table down', 'progress table hangs', 'event bus down', 'event bus hangs'),
    }),
    12,
  ),
  hasBus: fc.constantFrom(...Array(7).fill(true), false),
  redriveAgainAfter: rare(fc.integer({ min: 3 * HOUR, max: 2 * DAY }), 2),
  /** An event expires between two deliveries of its message. */
  expiresBetween: rare(fc.integer({ min: SECOND, max: 5 * MINUTE }), 12),
})

const DELIVERED_AGAIN: PlannedFault = { step: 'acknowledge event', kind: 'refused', nth: 0 }

type OfProgress = 'hasBus' | 'redriveAgainAfter'
type WithoutProgress = Pick<Scenario, 'produced' | 'faults' | 'brownouts'>
type More = typeof moreForProgress extends fc.Arbitrary<infer Value> ? Value : never

/** The scenario with what goes wrong with facts. */
export function withProgress<Given extends WithoutProgress>(
  scenario: Given,
  more: More,
): Given & Pick<Scenario, OfProgress> {
  const { expiresBetween, hasBus, redriveAgainAfter } = more
  const [first, ...others] = scenario.produced
  const expiring = first && expiresBetween !== undefined
  return {
    ...{ ...scenario, hasBus, redriveAgainAfter },
    produced: expiring
      ? [{ ...first, sentAt: 0, expiresAfter: expiresBetween }, ...others]
      : scenario.produced,
    faults: [...scenario.faults, ...more.faults, ...(expiring ? [DELIVERED_AGAIN] : [])],
    brownouts: [...scenario.brownouts, ...more.brownouts],
  }
}
