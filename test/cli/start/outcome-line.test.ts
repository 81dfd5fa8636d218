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
  ['  event accepted  harvest-1  rows 500', toFirstEvent(SENDER, accepted(500))],
  [
    '  event refused  unreadable  not_json  rows 0',
    toFirstEvent(SENDER, { ...FACT, event: undefined, refused }),
  ],
  ['  event finished  harvest-1  reset 3', finished(3, ended(0, 3, 'reset'))],
  [
    '  event finished  harvest-1  reset 5  skipped 3  dead-lettered 2  sessions ended 2  sessions skipped 1  sessions dead-lettered 2',
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
])('an outcome event is one line: %s', (line, outcome) => {
  expect(outcome && toOutcomeLine(outcome)).toBe(line)
})
