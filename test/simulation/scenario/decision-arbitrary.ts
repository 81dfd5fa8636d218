import fc from 'fast-check'
import { SENDER_IDS } from '../world/senders.ts'
import { faults, rare } from './fault-arbitrary.ts'
import { DAY, type ForgedLetter, HOUR, MINUTE, type Scenario } from './scenario.ts'

/** What calls for a decision of people, or limits what others can decide. */
export const moreForDecisions = (people: number) =>
  fc.record({
    hour: rare(
      fc.record({
        max: fc.integer({ min: 4, max: 20 }),
        maxOfSource: fc.constantFrom(undefined, 20, 20, 40),
        faults: faults('quota', some(0, 10)),
      }),
      6,
    ),
    rehearsal: rare(
      fc.record({
        until: fc.oneof(fc.nat(10 * MINUTE), fc.nat(2 * HOUR), fc.nat(20 * HOUR)),
        redriveAfter: fc.oneof(fc.nat(MINUTE), fc.nat(26 * HOUR)),
        faults: faults('rehearsal', some(4, 12)),
      }),
      8,
    ),
    bound: fc.constantFrom(...Array(5).fill(undefined), 'urn:odd', 'urn:odd', 'every source'),
    impostures: rare(fc.array(fc.nat(3), some(1, 2)), 3).map((some = []) => some),
    forgedLetters: rare(fc.array(forgedLetter(people), some(1, 3)), 3).map((some = []) => some),
  })

const some = (minLength: number, maxLength: number) => ({ minLength, maxLength })

const forgedLetter = (people: number): fc.Arbitrary<ForgedLetter> =>
  fc.record({
    at: fc.nat(2 * DAY),
    person: fc.nat(people - 1),
    as: fc.constantFrom('event', 'with a reason', 'for a step'),
  })

type More = ReturnType<typeof moreForDecisions> extends fc.Arbitrary<infer Value> ? Value : never
type Decisions = 'maxMembersPerHour' | 'rehearsal' | 'impostures' | 'forgedLetters'

/** The scenario with the decisions. */
export function withDecisions(scenario: Omit<Scenario, Decisions>, more: More): Scenario {
  const { hour, rehearsal, bound, impostures, forgedLetters } = more
  const limited = hour?.maxOfSource && { '*': { maxMembersPerHour: hour.maxOfSource } }
  const sources = scenario.sources ?? limited
  return {
    ...scenario,
    ...{ impostures, forgedLetters, maxMembersPerHour: hour?.max },
    rehearsal: rehearsal && { until: rehearsal.until, redriveAfter: rehearsal.redriveAfter },
    sources: bound ? toBound(sources, bound) : sources,
    faults: [...scenario.faults, ...(hour?.faults ?? []), ...(rehearsal?.faults ?? [])],
  }
}

/** Who redrives is a sender, too. */
function toBound(sources: Scenario['sources'] = { '*': {} }, bound: string): Scenario['sources'] {
  const senders = [SENDER_IDS.producer, SENDER_IDS.operator]
  if (bound !== 'every source')
    return { ...sources, [bound]: { ...(sources[bound] ?? sources['*']), senders } }
  return Object.fromEntries(Object.entries(sources).map(([name, limits]) => [name, { ...limits, senders }]))
}
