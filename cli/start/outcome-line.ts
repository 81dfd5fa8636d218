import { ACCEPTED, type OutcomeEvent, REFUSED } from '../../lib/contract/outcome-event.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { inWords } from './totals.ts'

/** An outcome event in a line of text, as `--keep` prints it, or in more if it is longer than so many columns. */
export function toOutcomeLine(event: OutcomeEvent, columns: number): string {
  const [what, ...facts] = factsOf(event)
  const about = event.subject ?? 'unreadable'
  return wrap(`  ${what.padEnd(8)}  `, `${about}: ${facts.filter(Boolean).join(', ')}`, columns).join('\n')
}

function factsOf(event: OutcomeEvent): [what: string, ...(string | undefined)[]] {
  const rows = count(event.data.row_count, 'row')
  if (event.type === ACCEPTED) return ['accepted', rows]
  if (event.type === REFUSED) return ['refused', event.data.code, rows]
  const { reset, skipped, dead_lettered, sessions } = event.data
  return [
    ...(['finished', `${reset.count} reset`] as const),
    ...[...byCode('skipped', skipped), ...byCode('dead-lettered', dead_lettered)],
    sessions.ended.count > 0 ? inWords(sessions.ended.count, 'sessions ended') : undefined,
    ...byCode('sessions skipped', sessions.skipped),
    ...byCode('sessions dead-lettered', sessions.dead_lettered),
  ]
}

function byCode(outcome: string, { by_code }: { by_code: Record<string, { count: number }> }): string[] {
  return Object.entries(by_code).map(([code, { count }]) => inWords(count, `${outcome} ${code}`))
}
