import { nameRanges } from '../contract/ranges.ts'
import { groupBy } from '../flow/node-20.ts'
import type { End } from './fact.ts'
import type { RunState } from './run-state.ts'

/** Rows that ended alike: how many, and their indices as ranges. */
export type Counted = { count: number; rows: string }

export type ByCode = { count: number; by_code: Record<string, Counted> }

/**
 * How the rows of a run ended, as one object: `row_count` is reset + skipped + dead_lettered + open; of the sessions, of the rows that were
 * passed on, it is ended + skipped + dead_lettered + open.
 */
export type Summary = {
  row_count: number
  reset: Counted
  skipped: ByCode
  dead_lettered: ByCode
  open: Counted
  sessions: { row_count: number; ended: Counted; skipped: ByCode; dead_lettered: ByCode; open: Counted }
}

export function summarize({ rows }: Pick<RunState, 'rows'>): Summary {
  const passedOn = rows.filter(({ isPassedOn }) => isPassedOn)
  const { done: reset, ...others } = countEnds(rows.map(({ index, reset }) => ({ index, end: reset })))
  const sessions = countEnds(passedOn.map(({ index, sessions }) => ({ index, end: sessions })))
  const { done: ended, ...otherSessions } = sessions
  return {
    row_count: rows.length,
    reset,
    ...others,
    sessions: { row_count: passedOn.length, ended, ...otherSessions },
  }
}

function countEnds(ends: readonly { index: number; end: End | undefined }[]) {
  const indicesOf = (wanted: readonly (End['kind'] | undefined)[]) =>
    ends.flatMap(({ index, end }) => (wanted.includes(end?.kind) ? [index] : []))
  const byCode = (kind: End['kind']): ByCode => {
    const alike = ends.flatMap(({ index, end }) => (end?.kind === kind ? [{ index, code: end.code }] : []))
    const groups = [...groupBy(alike, ({ code }) => code)]
    return {
      count: alike.length,
      by_code: Object.fromEntries(
        groups.map(([code, group]) => [code, toCounted(group.map(({ index }) => index))]),
      ),
    }
  }
  return {
    done: toCounted(indicesOf(['reset', 'ended'])),
    skipped: byCode('skipped'),
    dead_lettered: byCode('dead_lettered'),
    open: toCounted(indicesOf([undefined])),
  }
}

function toCounted(indices: readonly number[]): Counted {
  return { count: indices.length, rows: nameRanges(indices) }
}
