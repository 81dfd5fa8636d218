import { parseRanges } from '../contract/ranges.ts'
import { groupBy } from '../flow/node-20.ts'
import type { Accepted, End, EventKey, Fact, Refused } from './fact.ts'

/** A row of a run, and how it ended in each lane, as far as it has. */
export type Row = { index: number; reset?: End; sessions?: End; isPassedOn: boolean }

/**
 * What became of a run. `finished`: every row has an end, and so have the sessions of everyone who was passed on. `refused`: fan-out took
 * nothing of it. `open`: neither. Times in ms since the epoch; `lastFactAt`: of the latest news.
 */
export type RunState = {
  event: EventKey | undefined
  run: string
  state: 'open' | 'finished' | 'refused'
  accepted: (Accepted & { at: number }) | undefined
  refused: (Refused & { at: number }) | undefined
  /** In the order of the event. */
  rows: readonly Row[]
  lastFactAt: number
}

/**
 * The runs that facts of one event are about, the earliest first. A message can be handled more than once, so facts repeat and contradict
 * each other: a row counts once, and of several ends the best one is true.
 */
export function toRunStates(facts: readonly Fact[]): RunState[] {
  const runs = [...groupBy(facts, ({ run }) => run).values()].map(toRunState)
  return runs.toSorted((a, b) => startOf(a) - startOf(b))
}

function startOf({ accepted, refused, lastFactAt }: RunState): number {
  return Math.min(accepted?.at ?? lastFactAt, refused?.at ?? lastFactAt)
}

/** What became of the run that all of the facts, at least one, are about. */
export function toRunState(facts: readonly Fact[]): RunState {
  const inOrder = facts.toSorted((a, b) => a.at - b.at)
  const acceptedBy = inOrder.find(({ accepted }) => accepted)
  const refusedBy = inOrder.find(({ refused }) => refused)
  const accepted = acceptedBy?.accepted && { ...acceptedBy.accepted, at: acceptedBy.at }
  const refused = refusedBy?.refused && { ...refusedBy.refused, at: refusedBy.at }
  const rows = toRows(inOrder, { accepted, refused })
  const isDone = accepted !== undefined && rows.every(isEnded)
  return {
    event: inOrder[0]?.event,
    run: inOrder[0]?.run ?? '',
    state: isDone ? 'finished' : refused && !accepted ? 'refused' : 'open',
    accepted,
    refused,
    rows,
    lastFactAt: inOrder.at(-1)?.at ?? 0,
  }
}

/** Whether nothing more is to happen to a row. */
export function isEnded({ reset, sessions, isPassedOn }: Row): boolean {
  return reset !== undefined && (!isPassedOn || sessions !== undefined)
}

function toRows(
  facts: readonly Fact[],
  { accepted, refused }: { accepted: Accepted | undefined; refused: Refused | undefined },
): Row[] {
  const known = parseRanges((accepted ?? refused)?.rows ?? '')
  const rows = new Map(known.map((index): [number, Row] => [index, { index, isPassedOn: false }]))
  const rowOf = (index: number) => {
    const row = rows.get(index)
    if (row || accepted) return row
    const added: Row = { index, isPassedOn: false }
    rows.set(index, added)
    return added
  }
  for (const fact of facts) {
    const lane = fact.by === 'end-sessions' ? 'sessions' : 'reset'
    for (const index of fact.passedOn) {
      const row = rowOf(index)
      if (row) row.isPassedOn = true
    }
    for (const end of fact.ends) {
      const row = rowOf(end.index)
      if (row) row[lane] = betterOf(row[lane], end)
    }
  }
  // Of an event that was accepted in another delivery, everybody is on the way, and ends by themselves.
  if (refused && !accepted)
    for (const row of rows.values())
      row.reset ??= { index: row.index, kind: 'dead_lettered', code: refused.code }
  return [...rows.values()].toSorted((a, b) => a.index - b.index)
}

/** The ends of a lane, the best first. What is not named here comes after all that are skipped, or is dead-lettered, which is the worst. */
const BEST_FIRST = ['reset', 'ended', 'no_password', 'covered', 'sessions_covered', 'not_a_member']

/** The better of two ends of a row, of equal ones the earlier. Someone who is reset in one delivery may be covered in the next. */
export function betterOf(first: End | undefined, second: End): End {
  if (!first || rankOf(second) < rankOf(first)) return second
  const isEarlier = rankOf(second) === rankOf(first) && startOrNever(second) < startOrNever(first)
  return isEarlier ? second : first
}

function startOrNever({ at = Number.POSITIVE_INFINITY }: End): number {
  return at
}

function rankOf({ kind, code }: End): number {
  if (kind === 'dead_lettered') return BEST_FIRST.length + 1
  const rank = BEST_FIRST.indexOf(code)
  return rank === -1 ? BEST_FIRST.length : rank
}
