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
const about = { stage: 'local', run: 'run' }
const event = { source: 'urn:a', id: 'harvest-1' }
const of = (count: number) => ({ count, rows: '' })
const NOBODY = { ended: of(0), skipped: {}, dead_lettered: {}, open: of(0) }
const common = { ...about, event, mode: 'enforce', accepted_at: TIME } as const
const finished = (data: object): OutcomeEvent => ({
  ...{ ...envelope, type: 'breach-reset.event-finished.v1', subject: 'harvest-1' },
  data: {
    ...{ ...common, finished_at: TIME, rows: 3, reset: of(3), skipped: {}, dead_lettered: {}, open: of(0) },
    sessions: { passed_on: 0, ...NOBODY },
    ...data,
  },
})

it.each<[string, OutcomeEvent]>([
  [
    '  event accepted  harvest-1  rows 500',
    {
      ...{ ...envelope, type: 'breach-reset.event-accepted.v1', subject: 'harvest-1' },
      data: { ...common, reason: 'infostealer', rows: 500 },
    },
  ],
  [
    '  event refused  unreadable  not_json  rows 0',
    {
      ...{ ...envelope, type: 'breach-reset.event-refused.v1' },
      data: { ...about, code: 'not_json', rows: 0, refused_at: TIME },
    },
  ],
  ['  event finished  harvest-1  reset 3', finished({})],
  [
    '  event finished  harvest-1  reset 482  skipped 12  dead-lettered 6  sessions ended 490  sessions skipped 2  sessions dead-lettered 1',
    finished({
      ...{ reset: of(482), skipped: { duplicate: of(2), not_a_member: of(10) } },
      dead_lettered: { rejected: of(6) },
      sessions: {
        ...{ passed_on: 493, ...NOBODY, ended: of(490) },
        ...{ skipped: { no_member_found: of(2) }, dead_lettered: { gave_up: of(1) } },
      },
    }),
  ],
])('an outcome event is one line: %s', (line, outcome) => {
  expect(toOutcomeLine(outcome)).toBe(line)
})
