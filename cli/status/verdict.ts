import { NO_REASON } from '../../lib/contract/codes.ts'
import { isEnded, type RunState } from '../../lib/progress/run-state.ts'
import { type Counted, type Summary, summarize } from '../../lib/progress/summary.ts'
import { count } from '../input/input.ts'

type Run = Pick<RunState, 'state' | 'rows' | 'accepted' | 'refused'>

/** The exit code that says what became of a run or a delivery: finished; with dead letters, or refused; open. */
export function exitCodeOf(run: Pick<Run, 'state' | 'rows'>): 0 | 3 | 4 {
  if (run.state === 'open') return 4
  return run.state === 'refused' || countRows(run).dead > 0 ? 3 : 0
}

/** Rows that are dead-lettered, they or their sessions, and rows with anything still open. */
export function countRows({ rows }: Pick<Run, 'rows'>): { dead: number; open: number } {
  const isDead = (kind: string | undefined) => kind === 'dead_lettered'
  return {
    dead: rows.filter(({ reset, sessions }) => isDead(reset?.kind) || isDead(sessions?.kind)).length,
    open: rows.filter((row) => !isEnded(row)).length,
  }
}

/** Why a run was refused, and of a delivery, why its redrives were: the codes of the letters that are on the queue now. */
export function refusalCodesOf(run: Pick<Run, 'rows' | 'refused'>): string[] {
  const codes = Object.keys(summarize(run).dead_lettered.by_code)
  return codes.length > 0 ? codes : [run.refused?.code ?? NO_REASON]
}

/** What matters most about a run, in a sentence. */
export function headlineOf(run: Run): string {
  if (run.state === 'refused') {
    const rows =
      run.rows.length > 0 ? `none of its ${count(run.rows.length, 'row')} was reset` : 'nobody was reset'
    return `REFUSED: ${refusalCodesOf(run).join(', ')}: ${rows}`
  }
  const state =
    run.state === 'open' ? 'STILL OPEN' : countRows(run).dead > 0 ? 'FINISHED, with dead letters' : 'FINISHED'
  const isDry = run.accepted?.mode === 'dry_run' ? ' (a dry run: nobody is reset)' : ''
  return `${state}: ${describeCounts(run)}${isDry}`
}

/** How the rows of a run ended, in words: `500 rows: 482 reset, 18 skipped; sessions of 482: 482 ended`. */
export function describeCounts(run: Pick<Run, 'rows'>): string {
  const [resets, sessions] = lanesOf(run).map(({ done: [kind, done], skipped, dead_lettered, open }) =>
    [`${done.count} ${kind}`, `${skipped.count} skipped`, `${dead_lettered.count} dead-lettered`]
      .concat(`${open.count} open`)
      .filter((words) => !words.startsWith('0 '))
      .join(', '),
  )
  const passedOn = run.rows.filter(({ isPassedOn }) => isPassedOn).length
  const rows = [count(run.rows.length, 'row'), resets].filter(Boolean).join(': ')
  return passedOn > 0 ? `${rows}; sessions of ${passedOn}: ${sessions}` : rows
}

/** How the rows of a run ended in a lane. `done`: what was done, and to which. */
type Lane = Pick<Summary, 'skipped' | 'dead_lettered' | 'open'> & { done: [kind: string, Counted] }

/** The lanes of a run: passwords, and sessions of those who were passed on. */
export function lanesOf(run: Pick<Run, 'rows'>): [passwords: Lane, sessions: Lane] {
  const { reset, sessions, ...resets } = summarize(run)
  return [
    { ...resets, done: ['reset', reset] },
    { ...sessions, done: ['ended', sessions.ended] },
  ]
}
