import type { RunState } from '../../lib/progress/run-state.ts'
import { isEnded } from '../../lib/progress/run-state.ts'
import { summarize } from '../../lib/progress/summary.ts'
import { count } from '../input/input.ts'

/** Exit codes of status, and of a send that waited. */
export const EXIT = { finished: 0, deadLettered: 3, open: 4 } as const

/** The exit code that says what became of a run or a delivery. */
export function exitCodeOf(run: Pick<RunState, 'state' | 'rows'>): 0 | 3 | 4 {
  if (run.state === 'open') return EXIT.open
  return run.state === 'refused' || countRows(run).dead > 0 ? EXIT.deadLettered : EXIT.finished
}

/** Rows that are dead-lettered, they or their sessions, and rows with anything still open. */
export function countRows({ rows }: Pick<RunState, 'rows'>): { dead: number; open: number } {
  const isDead = (kind: string | undefined) => kind === 'dead_lettered'
  return {
    dead: rows.filter(({ reset, sessions }) => isDead(reset?.kind) || isDead(sessions?.kind)).length,
    open: rows.filter((row) => !isEnded(row)).length,
  }
}

/** What matters most about a run, in a sentence. */
export function headlineOf(run: RunState): string {
  const { accepted, refused } = run
  if (run.state === 'refused' && refused) {
    const rows =
      run.rows.length > 0 ? `none of its ${count(run.rows.length, 'row')} was reset` : 'nobody was reset'
    return `REFUSED: ${refused.code}: ${rows}`
  }
  const isDry = accepted?.mode === 'dry_run' ? ' (a dry run: nobody is reset)' : ''
  if (run.state === 'open') return `STILL OPEN: ${describeCounts(run)}${isDry}`
  return `${countRows(run).dead > 0 ? 'FINISHED, with dead letters' : 'FINISHED'}: ${describeCounts(run)}${isDry}`
}

/** How the rows of a run ended, in words: `500 rows: 482 reset, 18 skipped; sessions of 482: all ended`. */
export function describeCounts(run: Pick<RunState, 'rows'>): string {
  const { row_count, reset, skipped, dead_lettered, open, sessions } = summarize(run)
  const resets = inWords({
    ...{ reset: reset.count, skipped: skipped.count },
    ...{ 'dead-lettered': dead_lettered.count, open: open.count },
  })
  const ends = inWords({
    ...{ ended: sessions.ended.count, skipped: sessions.skipped.count },
    ...{ 'dead-lettered': sessions.dead_lettered.count, open: sessions.open.count },
  })
  const rowsText = `${count(row_count, 'row')}${resets && ': '}${resets}`
  return sessions.row_count > 0 ? `${rowsText}; sessions of ${sessions.row_count}: ${ends}` : rowsText
}

function inWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .flatMap(([word, number]) => (number > 0 ? [`${number} ${word}`] : []))
    .join(', ')
}
