import { normalizeEmail } from './normalize-email.ts'

/** Groups rows by person (trimmed, lower-cased e-mail), in order of first appearance. */
export function groupByPerson<Row>(rows: readonly Row[], emailOf: (row: Row) => string): Row[][] {
  return [...Map.groupBy(rows, (row) => normalizeEmail(emailOf(row))).values()]
}
