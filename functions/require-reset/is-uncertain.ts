import type { Outcome, Person } from './outcome.ts'

/** Whether a call for the person, in this delivery or in an earlier one, may have reset the password without saying so. */
export function isUncertain({ person, outcome }: { person: Person; outcome: Outcome }): boolean {
  const known = 'uncertain' in outcome ? outcome.uncertain : undefined
  return known ?? person.rows.some((row) => row.uncertain)
}
