import type { RowEnd } from '../row-end.ts'

/** The e-mails of everybody who has a row and is not on the dead-letter queue; with `codes`, only of those who ended so. */
export function peopleNotDeadLettered(ends: readonly RowEnd[], codes?: readonly string[]): string[] {
  const named = ends.filter(({ email }) => email !== undefined) as (RowEnd & { email: string })[]
  const refused = new Set(named.flatMap(({ kind, email }) => (kind === 'dead_lettered' ? [email] : [])))
  const wanted = named.filter(({ code, email }) => !refused.has(email) && (codes?.includes(code) ?? true))
  return [...new Set(wanted.map(({ email }) => email))]
}
