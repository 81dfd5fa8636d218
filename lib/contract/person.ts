/** Stytch's cross-organization passwords are one per e-mail: this is what makes two rows the same person. */
export function normalizeEmail(emailAddress: string): string {
  return emailAddress.trim().toLowerCase()
}

/** Groups rows by person (trimmed, lower-cased e-mail), in order of first appearance. */
export function groupByPerson<Row>(rows: readonly Row[], emailOf: (row: Row) => string): Row[][] {
  return [...Map.groupBy(rows, (row) => normalizeEmail(emailOf(row))).values()]
}
