import { expect, it } from 'vitest'
import { readDeadLetter } from '../../../cli/redrive/dead-letter.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { CODES } from '../../../lib/contract/codes.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const FUNCTION = 'AROAFANOUT00000000000'
const ON_STEP_QUEUE = { fence: '2026-11-20T10:00:00Z', attempts: 0 }
const OWED = { owed: { reset_at: '2026-11-20T10:00:00Z', outcome: 'reset' } }
const RESET_AT = { reset_at: '2026-11-20T10:00:00Z' }

const bodyOf = (marks: object = {}, more: object = {}) =>
  JSON.stringify(breachEvent({ ...more, data: { members: [{ email_address: 'ada@x.example', ...marks }] } }))

type Given = { by?: string; isRehearsed?: boolean; movedFrom?: string }

/** Reads a letter that a function of ours has sent, unless it is said `by` whom. */
function read(
  Body: string,
  claims: object = {},
  { by = FUNCTION, isRehearsed = false, movedFrom }: Given = {},
) {
  const attributes = Object.entries(claims).map(([name, StringValue]) => [
    name,
    { DataType: 'String', StringValue },
  ])
  return readDeadLetter(
    {
      Body,
      Attributes: {
        SenderId: `${by}:a-session`,
        ...(movedFrom && { DeadLetterQueueSourceArn: movedFrom }),
      },
      MessageAttributes: Object.fromEntries(attributes),
    },
    { functions: new Set([FUNCTION]), isRehearsed },
  )
}

it.each(['sessions_alive', 'sessions_not_ended', 'sessions_refused'])(
  'says of %s that the reset is not repeated and the sessions are tried again',
  (code) => {
    const letter = read(bodyOf({}, { fence: ON_STEP_QUEUE.fence }), {
      'failure-code': code,
      redrive: 'again',
    })
    expect(letter).toMatchObject({
      ...{ code, rows: 1 },
      advice: { kind: 'again', sentence: expect.stringContaining('their sessions are tried again') },
    })
  },
)

it('tells a message that SQS moved from the sessions queue from one of the reset queue, which asks', () => {
  expect(read(bodyOf(RESET_AT, ON_STEP_QUEUE))).toMatchObject({
    code: 'no_reason_given:sessions_not_ended',
    advice: { kind: 'again', sentence: expect.stringContaining('their sessions are tried again') },
  })
  expect(read(bodyOf({}, ON_STEP_QUEUE))).toMatchObject({
    code: 'no_reason_given:may_have_been_reset',
    advice: { kind: 'asks' },
  })
  expect(read(bodyOf(OWED, ON_STEP_QUEUE))).toMatchObject({
    code: 'no_reason_given:was_reset',
    advice: { kind: 'never' },
  })
  expect(read(bodyOf(RESET_AT))).toMatchObject({ code: 'no_reason_given', advice: { kind: 'asks' } })
})

it('asks by the attribute, whatever the code and the prose say', () => {
  const asks = { 'failure-code': 'http_500', redrive: 'ask' }
  expect(read(bodyOf(), asks)).toMatchObject({
    code: 'http_500:may_have_been_reset',
    advice: { kind: 'asks' },
  })
  expect(read(bodyOf(), { ...asks, 'failure-code': 'timeout' }).code).toBe('timeout')
  const again = { 'failure-code': 'http_500', redrive: 'again', 'failure-detail': 'do not redrive' }
  expect(read(bodyOf(), again)).toMatchObject({ code: 'http_500', advice: { kind: 'again' } })
})

it('says of a whole body that asks who sent it, not that somebody may have been reset', () => {
  const asks = (code: string) => read(bodyOf(), { 'failure-code': code, redrive: 'ask' })
  expect(asks('in_future')).toMatchObject({ code: 'in_future:wrong_sender', advice: { kind: 'asks' } })
  expect(asks('invalid_event')).toMatchObject({ code: 'invalid_event', advice: { kind: 'futile' } })
})

it.each([
  ['organization_suspended', 'organization_suspended:may_have_been_reset', 'asks'],
  ['ledger_unavailable', 'ledger_unavailable:may_have_been_reset', 'asks'],
  ['timeout', 'timeout', 'asks'],
  ['invalid_member', 'invalid_member', 'futile'],
  ['sessions_refused', 'sessions_refused', 'again'],
  ['over_hourly_limit', 'over_hourly_limit', 'futile'],
  ['not_json', 'not_json', 'futile'],
])('asks about %s of an older version only where a call may have reset somebody', (code, label, kind) => {
  expect(read(bodyOf(), { 'failure-code': code })).toMatchObject({ code: label, advice: { kind } })
})

it.each(Object.keys(CODES))('asks about a letter of somebody else, whose reason is %s', (code) => {
  const claims = { 'failure-code': code, redrive: 'again', 'max-members': '9999', 'failure-detail': 'x' }
  expect(read(bodyOf(), claims, { by: 'AIDASTRANGER000000000' })).toMatchObject({
    ...{ code: 'unproven', advice: { kind: 'asks' }, isBelieved: false },
    ...{ maxMembers: undefined, detail: undefined, sender: 'AIDASTRANGER000000000' },
  })
})

it.each([
  ['a step event', bodyOf({}, ON_STEP_QUEUE)],
  ['people who are owed', bodyOf(OWED, ON_STEP_QUEUE)],
  ['people whose sessions are to end', bodyOf(RESET_AT, ON_STEP_QUEUE)],
  ['a breach event', bodyOf()],
])('asks about %s of somebody else, without a reason', (_, body) => {
  const moved = { by: '123456789012', movedFrom: 'arn:aws:sqs:us-east-1:1:orders' }
  expect(read(body, {}, moved)).toMatchObject({
    ...{ code: 'no_reason_given', advice: { kind: 'asks' }, movedFrom: moved.movedFrom },
  })
})

it('takes no attribute for the sign of a canary, which is deleted without a look', () => {
  for (const by of [FUNCTION, 'AIDASTRANGER000000000'])
    expect(read(bodyOf(), { 'failure-code': 'canary' }, { by }).code).toBe('unproven')
  const canary = JSON.stringify(canaryEvent('1', '2026-11-20T10:00:00Z'))
  expect(read(canary, { 'failure-code': 'timeout', redrive: 'ask' }).code).toBe('canary')
})

it('believes nobody where the functions are not known', () => {
  const reading = { functions: new Set<string>(), isRehearsed: false }
  const attributes = { 'failure-code': { DataType: 'String', StringValue: 'timeout' } }
  expect(readDeadLetter({ Body: bodyOf(), MessageAttributes: attributes }, reading).code).toBe('unproven')
})

it('knows the event of a body that cannot be read by what our function says', () => {
  const claims = { 'failure-code': 'invalid_event', 'event-source': 'urn:x', 'event-id': '1' }
  expect(read('{}', claims).event).toEqual({ source: 'urn:x', id: '1' })
  expect(read('{}', claims, { by: '123456789012' }).event).toBeUndefined()
})

it('redrives rehearsed events that our function has kept, and asks about any other', () => {
  const sent = { 'event-sender': 'AROAPRODUCERPRODUCER' }
  expect(read(bodyOf(), sent, { isRehearsed: true })).toMatchObject({
    ...{ code: 'rehearsed', advice: { kind: 'again' }, eventSender: 'AROAPRODUCERPRODUCER' },
  })
  expect(read(bodyOf(), sent, { isRehearsed: true, by: '123456789012' })).toMatchObject({
    ...{ code: 'unproven', advice: { kind: 'asks' }, eventSender: undefined },
  })
})
