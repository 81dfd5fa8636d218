import { ACCEPTED, type OutcomeEvent, REFUSED } from '../../lib/contract/outcome-event.ts'

/** An outcome event in one line, as `--keep` prints it. */
export function toOutcomeLine(event: OutcomeEvent): string {
  return `  ${wordsOf(event).filter(Boolean).join('  ')}`
}

function wordsOf(event: OutcomeEvent): (string | false | undefined)[] {
  const about = event.subject ?? 'unreadable'
  if (event.type === ACCEPTED) return ['event accepted', about, `rows ${event.data.row_count}`]
  if (event.type === REFUSED) return ['event refused', about, event.data.code, `rows ${event.data.row_count}`]
  const { reset, skipped, dead_lettered, sessions } = event.data
  return [
    ...['event finished', about, `reset ${reset.count}`],
    ...[count('skipped', skipped), count('dead-lettered', dead_lettered)],
    sessions.row_count > 0 && `sessions ended ${sessions.ended.count}`,
    ...[count('sessions skipped', sessions.skipped), count('sessions dead-lettered', sessions.dead_lettered)],
  ]
}

/** Nothing of an outcome that nobody had. */
function count(outcome: string, { count }: { count: number }): string | undefined {
  return count > 0 ? `${outcome} ${count}` : undefined
}
