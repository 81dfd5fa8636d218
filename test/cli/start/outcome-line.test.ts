import { expect, it } from 'vitest'
import { toOutcomeLine } from '../../../cli/start/outcome-line.ts'
import type { OutcomeEvent } from '../../../lib/contract/outcome-event.ts'

const TIME = '2026-11-29T05:00:00.000Z'
const envelope = {
  specversion: '1.0',
  datacontenttype: 'application/json',
  dataschema: 'urn:breach-reset:schema:outcome-event.v1',
  ...{ id: 'run:kind', source: 'urn:breach-reset:local', time: TIME },
} as const
const about = { stage: 'local', run: 'run', canary: false }
const event = { source: 'urn:a', id: 'harvest-1' }
const of = (count: number) => ({ count, rows: '' })
const byCode = (by_code: Record<string, { count: number; rows: string }>) => ({
  count: Object.values(by_code).reduce((sum, { count }) => sum + count, 0),
  by_code,
})
const NOBODY = { ended: of(0), skipped: byCode({}), dead_lettered: byCode({}), open: of(0) }
const common = {
  ...{
    ...about,
    event: { ...event, time: TIME },
    mode: 'enforce' as const,
    reason: 'infostealer',
    accepted_at: TIME,
  },
} as const
const finished = (data: object): OutcomeEvent => ({
  ...{ ...envelope, type: 'breach-reset.event-finished.v1', subject: 'harvest-1' },
  data: {
    ...{ ...common, finished_at: TIME, row_count: 3, reset: of(3) },
    ...{ skipped: byCode({}), dead_lettered: byCode({}), open: of(0) },
    sessions: { row_count: 0, ...NOBODY },
    ...data,
  },
})

it.each<[string, OutcomeEvent]>([
  [
    '  event accepted  harvest-1  rows 500',
    {
      ...{ ...envelope, type: 'breach-reset.event-accepted.v1', subject: 'harvest-1' },
      data: { ...common, row_count: 500 },
    },
  ],
  [
    '  event refused  unreadable  not_json  rows 0',
    {
      ...{ ...envelope, type: 'breach-reset.event-refused.v1' },
      data: { ...about, code: 'not_json', row_count: 0, refused_at: TIME },
    },
  ],
  ['  event finished  harvest-1  reset 3', finished({})],
  [
    '  event finished  harvest-1  reset 482  skipped 12  dead-lettered 6  sessions ended 490  sessions skipped 2  sessions dead-lettered 1',
    finished({
      ...{ reset: of(482), skipped: byCode({ duplicate: of(2), not_a_member: of(10) }) },
      dead_lettered: byCode({ rejected: of(6) }),
      sessions: {
        ...{ row_count: 493, ...NOBODY, ended: of(490) },
        ...{ skipped: byCode({ no_member_found: of(2) }), dead_lettered: byCode({ gave_up: of(1) }) },
      },
    }),
  ],
])('an outcome event is one line: %s', (line, outcome) => {
  expect(toOutcomeLine(outcome)).toBe(line)
})
