import { expect, it } from 'vitest'
import { isAnyMissing, type LocalEnds, localLines, toLocalFields } from '../../../cli/send/report.ts'

const rows: LocalEnds['rows'] = {
  rows: 3,
  groups: [{ kind: 'reset', code: 'reset', count: 3, examples: ['ada@customer.example'] }],
}
const sessions: LocalEnds['sessions'] = {
  ...{ ended: 5, people: 2 },
  passedOn: {
    rows: 3,
    groups: [
      { kind: 'ended', code: 'ended', count: 2, examples: ['ada@customer.example'] },
      { kind: 'dead_lettered', code: 'sessions_refused', count: 1, examples: ['lin@customer.example'] },
    ],
  },
}

it('says after the rows how many sessions ended, of how many people, and who could not be logged out', () => {
  const text = localLines({ rows, sessions }).join('\n')
  expect(text).toMatch(
    /^how they ended: 3 rows\n +3 {2}reset .*\ntheir sessions: 5 ended, of 2 people\n +2 {2}ended .*\n +1 {2}dead-lettered sessions_refused.*\ndead letters\n {2}sessions_refused: l…@customer\.example/m,
  )
  expect(toLocalFields({ rows, sessions })).toMatchObject({
    ...{ received: 3, reset: 3, sessions_ended: 5, people_with_sessions_ended: 2 },
    end_sessions: { passed_on: 3, ended: 2, dead_lettered: 1, by_code: { ended: 2, sessions_refused: 1 } },
  })
})

it('says nothing of sessions in a stage without end-sessions', () => {
  const without = { rows, sessions: undefined }
  expect(localLines(without).join('\n')).not.toMatch(/session/)
  expect(Object.keys(toLocalFields(without)).join()).not.toMatch(/session/)
})

it('notices when no trace is left of a row, or of somebody who was passed on', () => {
  const missing: LocalEnds['rows'] = {
    rows: 1,
    groups: [{ kind: 'missing', code: 'missing', count: 1, examples: [] }],
  }
  expect(isAnyMissing({ rows, sessions })).toBe(false)
  expect(isAnyMissing({ rows: missing, sessions })).toBe(true)
  expect(isAnyMissing({ rows, sessions: { ...sessions, passedOn: missing } })).toBe(true)
})
