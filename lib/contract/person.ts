import { groupBy } from '../flow/node-20.ts'

/**
 * The e-mail by which rows are the same person: Stytch's cross-organization passwords are one per e-mail. Only A to Z are lower-cased.
 * Unicode has more letters that become an ASCII one, such as the Kelvin sign: a row with such a look-alike must not pass for the person.
 */
export function normalizeEmail(emailAddress: string): string {
  return emailAddress.trim().replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}

/** Groups rows by person, in order of first appearance. */
export function groupByPerson<Row>(rows: readonly Row[], emailOf: (row: Row) => string): Row[][] {
  return [...groupBy(rows, (row) => normalizeEmail(emailOf(row))).values()]
}
