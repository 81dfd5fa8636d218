/** How one row of an event ended, as seen from outside. `missing`: no trace of it, which must never happen. */
export type RowEnd = {
  kind: 'reset' | 'skipped' | 'dead_lettered' | 'missing'
  code: string
  email: string | undefined
}
