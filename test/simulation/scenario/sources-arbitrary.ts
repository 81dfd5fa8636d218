import fc from 'fast-check'
import type { Scenario } from './scenario.ts'

const rule = fc.record(
  {
    maxMembersPerEvent: fc.integer({ min: 4, max: 8 }),
    maxMembersPerHour: fc.integer({ min: 4, max: 20 }),
    highestMode: fc.constantFrom('enforce', 'enforce', 'dry_run'),
  },
  { requiredKeys: ['maxMembersPerHour'] },
)

/** What a stage says of the two sources of the producers: names one, both, or neither. */
export const sourcesArbitrary: fc.Arbitrary<Scenario['sources']> = fc.oneof(
  fc.record({ '*': rule }),
  fc.record({ 'urn:even': rule, '*': rule }),
  fc.record({ 'urn:odd': rule, '*': rule }),
  fc.record({ 'urn:even': rule, 'urn:odd': rule }),
  fc.record({ 'urn:odd': rule }),
)
