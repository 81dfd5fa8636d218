import { expect, it } from 'vitest'
import { readDeadLetter } from '../../../cli/redrive/dead-letter.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const ON_STEP_QUEUE = { fence: '2026-11-20T10:00:00Z', attempts: 0 }
const bodyOf = (marks: object, more: object = {}) =>
  JSON.stringify(breachEvent({ ...more, data: { members: [{ email_address: 'ada@x.example', ...marks }] } }))
const read = (body: string, code?: string) =>
  readDeadLetter({
    Body: body,
    MessageAttributes: code ? { 'failure-code': { DataType: 'String', StringValue: code } } : {},
  })

it.each(['sessions_alive', 'sessions_not_ended', 'sessions_refused'])(
  'says of %s that the reset is not repeated and the sessions are tried again',
  (code) => {
    expect(read(bodyOf({}, { fence: ON_STEP_QUEUE.fence }), code)).toMatchObject({
      ...{ code, rows: 1 },
      advice: { kind: 'again', sentence: expect.stringContaining('their sessions are tried again') },
    })
  },
)

it('tells a message that SQS moved from the sessions queue from one of the reset queue, which asks', () => {
  const moved = { reset_at: '2026-11-20T10:00:00Z' }
  expect(read(bodyOf(moved, ON_STEP_QUEUE))).toMatchObject({
    code: 'no_reason_given:sessions_not_ended',
    advice: { kind: 'again', sentence: expect.stringContaining('their sessions are tried again') },
  })
  expect(read(bodyOf({}, ON_STEP_QUEUE))).toMatchObject({
    code: 'no_reason_given:may_have_been_reset',
    advice: { kind: 'asks' },
  })
  expect(read(bodyOf(moved))).toMatchObject({ code: 'no_reason_given', advice: { kind: 'again' } })
})
