/** Below it a date was missing, and some system made zero seconds of that, in some time zone. */
const FIRST_PLAUSIBLE = Date.parse('1970-01-08T00:00:00Z')

export const IMPLAUSIBLE_RULE = 'must not be in the first week of 1970, as a missing date is'

/** Whether a date or timestamp is a missing one. Taken for a moment, it would cover everyone who was ever reset. */
export function isImplausible(moment: string): boolean {
  return Date.parse(moment) < FIRST_PLAUSIBLE
}
