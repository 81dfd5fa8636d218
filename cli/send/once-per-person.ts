import type { RowEnd } from '../start/row-end.ts'

/** The ends of rows, with one reset for each person: of several events that name somebody, one resets. */
export function* oncePerPerson(ends: Iterable<RowEnd>): Generator<RowEnd> {
  const reset = new Set<string | undefined>()
  for (const end of ends) {
    if (end.kind === 'reset' && reset.has(end.email)) {
      yield { ...end, kind: 'skipped', code: 'reset_by_another' }
      continue
    }
    if (end.kind === 'reset') reset.add(end.email)
    yield end
  }
}
