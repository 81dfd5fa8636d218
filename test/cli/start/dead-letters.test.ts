import { expect, it } from 'vitest'
import { readDeadLetters } from '../../../cli/start/dead-letters.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const row = { email_address: 'ada@customer.example' }
const step = { fence: '2026-11-20T10:00:00Z', attempts: 0 }
const eventOf = (member: object, more = {}) =>
  JSON.stringify(breachEvent({ id: 'e', ...more, data: { members: [member] } }))

it('knows the letters that are about sessions: by their code, or by the message that SQS moved', () => {
  const messages = [
    ['refused', eventOf(row), { 'failure-code': 'sessions_refused' }],
    ['moved', eventOf({ ...row, reset_at: '2026-11-20T10:00:00Z' }, step), {}],
    ['of the reset queue', eventOf(row, step), {}],
    ['of fan-out', 'no JSON', { 'failure-code': 'not_json' }],
  ].map(([messageId, body, attributes]) => ({ messageId, body, attributes }))
  const system = {
    inspector: { messages: () => messages },
    queues: { deadLetter: { url: 'letters' } },
  } as unknown as LocalSystem
  expect(
    readDeadLetters(system, new Set(['of fan-out'])).map(({ messageId, ofSessions }) => [
      messageId,
      ofSessions,
    ]),
  ).toEqual([
    ['refused', true],
    ['moved', true],
    ['of the reset queue', false],
  ])
  expect(readDeadLetters(system)[3]).toMatchObject({ code: 'not_json', eventId: undefined, rows: [] })
})
