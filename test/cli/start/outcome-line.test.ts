import { expect, it } from 'vitest'
import { toOutcomeLine } from '../../../cli/start/outcome-line.ts'
import { nameRanges } from '../../../lib/contract/ranges.ts'
import type { End, Fact } from '../../../lib/progress/fact.ts'
import { toFinishedEvent, toFirstEvent } from '../../../lib/progress/outcome-events.ts'
import { toRunState } from '../../../lib/progress/run-state.ts'

const SENDER = { stage: 'local' }
const FACT: Fact = {
  event: { source: 'urn:a', id: 'harvest-1' },
  ...{ run: 'run', by: 'fan-out', at: 0, ends: [], passedOn: [] },
}
const indices = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const accepted = (rows: number): Fact => ({
  ...FACT,
  accepted: {
    ...{ rows: nameRanges(indices(0, rows)), time: '2026-11-29T05:00:00Z', sentAt: '2026-11-29T05:00:01Z' },
    ...{ reason: 'infostealer', mode: 'enforce' },
  },
})
const ended = (from: number, to: number, kind: End['kind'], code: string = kind): End[] =>
  indices(from, to).map((index) => ({ index, kind, code, ...(kind === code && { at: 0 }) }))
const finished = (rows: number, ends: End[], passedOn: number[] = [], sessions: End[] = []) =>
  toFinishedEvent(
    SENDER,
    toRunState([
      { ...accepted(rows), ends: [] },
      { ...FACT, by: 'require-reset', ends, passedOn },
      { ...FACT, by: 'end-sessions', ends: sessions },
    ]),
  )
const refused = { code: 'not_json', rows: '' }

it.each([
  ['  accepted  harvest-1: 500 rows', toFirstEvent(SENDER, accepted(500))],
  ['  refused   unreadable: not_json, 0 rows', toFirstEvent(SENDER, { ...FACT, event: undefined, refused })],
  ['  finished  harvest-1: 3 reset', finished(3, ended(0, 3, 'reset'))],
  [
    '  finished  harvest-1: 5 reset, 2 skipped covered, 1 skipped not_a_member, 2\n' +
      '            dead-lettered rejected, 2 sessions ended, 1 session skipped\n' +
      '            no_member_found, 2 sessions dead-lettered gave_up',
    finished(
      10,
      [
        ...ended(0, 5, 'reset'),
        ...[...ended(5, 7, 'skipped', 'covered'), ...ended(7, 8, 'skipped', 'not_a_member')],
        ...ended(8, 10, 'dead_lettered', 'rejected'),
      ],
      indices(0, 5),
      [
        ...[...ended(0, 2, 'ended'), ...ended(2, 3, 'skipped', 'no_member_found')],
        ...ended(3, 5, 'dead_lettered', 'gave_up'),
      ],
    ),
  ],
])('an outcome event is a line of at most 80 columns, or several: %s', (line, outcome) => {
  expect(outcome && toOutcomeLine(outcome, 80)).toBe(line)
})
