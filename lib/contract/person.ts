/** The e-mail by which rows are the same person: Stytch's cross-organization passwords are one per e-mail. */
export function normalizeEmail(emailAddress: string): string {
  return emailAddress.trim().toLowerCase()
}

/** Groups rows by person (trimmed, lower-cased e-mail), in order of first appearance. */
export function groupByPerson<Row>(rows: readonly Row[], emailOf: (row: Row) => string): Row[][] {
  return [...Map.groupBy(rows, (row) => normalizeEmail(emailOf(row))).values()]
}
