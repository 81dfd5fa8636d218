import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRanges } from '../../../lib/contract/ranges.ts'
import { toRunState } from '../../../lib/progress/run-state.ts'
import { type ByCode, summarize } from '../../../lib/progress/summary.ts'
import { accepted, deadLettered, end, ended, fact, reset, skipped } from './facts.ts'

describe('a summary', () => {
  it('counts how rows ended in each lane, by code, with their indices', () => {
    const state = toRunState([
      accepted({ rows: '0-6' }),
      fact({
        ends: [reset(0), reset(1), reset(2), skipped(3, 'covered'), deadLettered(5, 'expired')],
        passedOn: [0, 1, 2, 3],
      }),
      fact({
        by: 'end-sessions',
        ends: [ended(0), skipped(1, 'sessions_covered'), deadLettered(3, 'sessions_alive')],
      }),
    ])
    expect(summarize(state)).toEqual({
      row_count: 7,
      reset: { count: 3, rows: '0-2' },
      skipped: { count: 1, by_code: { covered: { count: 1, rows: '3' } } },
      dead_lettered: { count: 1, by_code: { expired: { count: 1, rows: '5' } } },
      open: { count: 2, rows: '4,6' },
      sessions: {
        row_count: 4,
        ended: { count: 1, rows: '0' },
        skipped: { count: 1, by_code: { sessions_covered: { count: 1, rows: '1' } } },
        dead_lettered: { count: 1, by_code: { sessions_alive: { count: 1, rows: '3' } } },
        open: { count: 1, rows: '2' },
      },
    })
  })

  it('counts every row once in each lane, whatever the facts say', () => {
    const facts = fc.array(
      fc.record({
        by: fc.constantFrom('require-reset' as const, 'end-sessions' as const),
        ends: fc.array(end(fc.nat(9)), { maxLength: 10 }),
        passedOn: fc.uniqueArray(fc.nat(9)),
      }),
      { maxLength: 6 },
    )
    const rowsOf = ({ by_code }: ByCode) => Object.values(by_code).map(({ rows }) => rows)
    const sorted = (ranges: readonly string[]) => ranges.flatMap(parseRanges).toSorted((a, b) => a - b)
    fc.assert(
      fc.property(facts, (some) => {
        const { rows } = toRunState([accepted({ rows: '0-9' }), ...some.map(fact)])
        const { reset, skipped, dead_lettered, open, sessions } = summarize({ rows })
        const every = [reset.rows, ...rowsOf(skipped), ...rowsOf(dead_lettered), open.rows]
        expect(sorted(every)).toEqual(rows.map(({ index }) => index))
        const passedOn = [
          sessions.ended.rows,
          ...rowsOf(sessions.skipped),
          ...rowsOf(sessions.dead_lettered),
          sessions.open.rows,
        ]
        expect(sorted(passedOn)).toEqual(
          rows.filter(({ isPassedOn }) => isPassedOn).map(({ index }) => index),
        )
      }),
    )
  })
})
