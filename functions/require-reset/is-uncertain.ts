import type { Outcome, Person } from './outcome.ts'

/** Whether a call for the person, in this delivery or in an earlier one, may have reset the password without saying so. */
export function isUncertain({ person, outcome }: { person: Person; outcome: Outcome }): boolean {
  const isNow = 'uncertain' in outcome && outcome.uncertain === true
  return isNow || person.rows.some((row) => row.uncertain)
}
