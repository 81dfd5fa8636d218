import { describe, expect, it } from 'vitest'
import { BreachEventSchema, type SessionsEvent } from '../../../lib/contract/breach-event.ts'
import { eventGroup } from '../../../lib/queue/send-messages.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, RESET_AT, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { success, toSession } from '../../fakes/create-stytch-members.ts'

const ADA = 'ada@x.example'
const FAILED = { batchItemFailures: [{ itemIdentifier: 'm0' }] }
const LONG_AGO = { firsttriedat: '2026-11-19T12:00:00.000Z', attempts: 40 }

function worldWith(...emails: readonly string[]) {
  const world = createSessionsWorld()
  for (const email of emails) world.members.add(email)
  return world
}

describe('settling', () => {
  it('sends the dead letters before the smaller event, and acknowledges neither when a send fails', async () => {
    const queues: string[] = []
    const world = createSessionsWorld({
      effects: {
        sendMessages: async (queueUrl, messages) => {
          if ([...messages].length > 0) queues.push(queueUrl)
          if (queueUrl === 'sessions') throw new Error('SQS is down')
          return { refused: [] }
        },
      },
    })
    world.members.add(ADA)
    world.members.add('bob@x.example')
    world.stytch = ({ endpoint, memberId }) => {
      if (endpoint !== 'revoke') return undefined
      return memberId.endsWith('0') ? answers.error(400, 'brand_new') : answers.timeout()
    }
    expect(await world.handle([sessionsEvent([ADA, 'bob@x.example'])])).toEqual(FAILED)
    expect(queues).toEqual(['dead-letter', 'sessions'])
    expect(world.recorder.lines).toEqual([])
    expect(world.recorder.total('RecordFailed')).toBe(1)
  })

  it('has its reserve of time, also when a read-back is to be repeated', async () => {
    const config = { functionTimeoutMs: 3000, callTimeoutMs: 1000, settleReserveMs: 1000 }
    const sentAt: number[] = []
    const sendMessages = async () => {
      sentAt.push(world.clock.monotonic())
      return { refused: [] }
    }
    const world = createSessionsWorld({ config, effects: { sendMessages } })
    world.members.add(ADA)
    const { memberId = '', startedAt = '' } = world.members.sessions[0] ?? {}
    world.stytch = async ({ endpoint }) => {
      if (endpoint !== 'sessions' && endpoint !== 'revoke') return undefined
      await world.clock.sleep(900)
      return success({ member_sessions: [toSession(memberId, startedAt)] })
    }
    await world.handle([sessionsEvent([ADA])])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred' }])
    expect(Math.max(...sentAt)).toBeLessThanOrEqual(2000)
  })

  it('fails only the record that could not be settled', async () => {
    const sendMessages = async (queueUrl: string) => {
      if (queueUrl === 'sessions') throw new Error('SQS is down')
      return { refused: [] }
    }
    const world = createSessionsWorld({ effects: { sendMessages } })
    world.members.add('bob@x.example')
    expect(await world.handle([sessionsEvent([ADA]), sessionsEvent(['bob@x.example'])])).toEqual(FAILED)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
  })

  it('is repeated for a record that comes again after a crash, without logging anybody out again', async () => {
    const world = worldWith(ADA)
    const event = sessionsEvent([ADA])
    await world.handle([event])
    world.members.open('member-test-acme-0')
    await world.handle([event])
    expect(world.members.sessions).toHaveLength(1)
  })

  it.each([
    ['not JSON', '{', 'not_json'],
    ['not an event', '{"a":1}', 'invalid_event'],
    ['an event of the reset queue, without the reset', JSON.stringify(withoutReset()), 'invalid_event'],
  ])('dead-letters a body that is %s, as it is', async (_, body, code) => {
    const world = worldWith(ADA)
    await world.handle([body, sessionsEvent([ADA])])
    expect(world.sent['dead-letter']?.map((letter) => letter.body)).toEqual([body])
    expect(world.sent['dead-letter']?.[0]?.attributes?.['failure-code']).toBe(code)
    expect(world.recorder.total('EventsDeadLettered')).toBe(1)
    expect(world.members.sessions).toEqual([])
  })
})

function withoutReset() {
  const { data, ...event } = sessionsEvent([])
  return { ...event, data: { ...data, members: [{ email_address: ADA }] } }
}

describe('a deferred person', () => {
  it('keeps the reset that covers them, and everything else of the event', async () => {
    const world = createSessionsWorld()
    const event = sessionsEvent([ADA], { correlationid: 'T-1' })
    await world.handle([event])
    const [deferred] = world.deferred()
    expect(deferred?.event).toEqual({
      ...event,
      ...{ data: { ...event.data, members: [{ ...event.data.members[0], misses: 1 }] } },
      attempts: 1,
      firsttriedat: expect.stringMatching(/^2026-11-20T12:00/),
    })
    expect(deferred?.groupId).toBe(eventGroup(event))
  })

  it('keeps the ids of the event', async () => {
    const world = createSessionsWorld()
    const row = { email_address: ADA, organization_id: 'acme', member_id: 'm-1', reset_at: RESET_AT }
    const event = sessionsEvent([])
    await world.handle([{ ...event, data: { ...event.data, members: [row] } }])
    expect(world.deferred()[0]?.event.data.members).toEqual([{ ...row, misses: 1 }])
    expect(world.recorder.lines).toMatchObject([{ organization_id: 'acme' }])
  })

  it('is understood by the next delivery, whatever ids Stytch gives its members', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA, `${'long-'.repeat(40)}ö@example`, 'other')
    world.stytch = ({ endpoint, memberId }) =>
      endpoint === 'revoke' && memberId.includes('other') ? answers.timeout() : undefined
    await world.handle([sessionsEvent([ADA])])
    await world.handle(world.sent.sessions?.map(({ body }) => body) ?? [])
    expect(world.deadLetters()).toEqual([])
    expect(world.deferred().map(({ event }) => event.data.members[0]?.found?.length)).toEqual([2, 2])
  })

  it('waits longer each time', async () => {
    const world = createSessionsWorld()
    await world.handle([sessionsEvent([ADA], { attempts: 5 })])
    expect(world.deferred()).toMatchObject([{ event: { attempts: 6 }, delaySeconds: 360 }])
  })
})

describe('the retry horizon', () => {
  const down = answers.json(502, {})

  it.each([
    ['a search', 'organizations', down, 'sessions_not_ended', 'http_502'],
    ['a revoke', 'revoke', answers.timeout(), 'sessions_not_ended', 'timeout'],
    ['a read-back', 'sessions', answers.json(200, {}), 'sessions_not_ended', 'invalid_response'],
    ['sessions that stay open', 'revoke', success({}), 'sessions_alive', 'sessions_alive'],
  ] as const)('ends %s with a dead letter that says why', async (_, failing, answer, code, reason) => {
    const world = worldWith(ADA)
    world.stytch = ({ endpoint }) => (endpoint === failing ? answer : undefined)
    await world.handle([sessionsEvent([ADA], LONG_AGO)])
    expect(world.deadLetters()).toMatchObject([
      {
        attributes: {
          'failure-code': code,
          'failure-detail': `${reason}: still failing when the retry horizon ended`,
          attempts: '41',
          'event-id': '41234-2026-11-20',
        },
      },
    ])
    expect(world.deferred()).toEqual([])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'dead_lettered', code }])
  })

  it('has not ended a moment before', async () => {
    const world = worldWith(ADA)
    world.stytch = () => down
    await world.handle([sessionsEvent([ADA], { firsttriedat: '2026-11-19T12:30:00.000Z' })])
    expect(world.deadLetters()).toEqual([])
  })

  it('gives nobody up while calls are paused', async () => {
    const world = worldWith(ADA)
    world.stytch = () => answers.error(429, 'too_many_requests', '600')
    await world.handle([sessionsEvent(['bob@x.example'])])
    await world.handle([sessionsEvent([ADA], LONG_AGO)])
    expect(world.deadLetters()).toEqual([])
  })
})

describe('the dead letter of a person', () => {
  it('is a breach event about them alone, which can be redriven as it is', async () => {
    const world = worldWith(ADA, 'bob@x.example')
    world.stytch = ({ endpoint, memberId }) =>
      endpoint === 'revoke' && memberId.endsWith('0') ? answers.error(400, 'brand_new') : undefined
    const event: SessionsEvent = sessionsEvent([ADA, 'bob@x.example'], {
      ...{ firsttriedat: '2026-11-20T11:59:40.000Z', attempts: 2 },
    })
    const found = [{ member_id: 'member-test-9', organization_id: 'organization-test-9' }]
    const members = event.data.members.map((row) => ({ ...row, found, misses: 1 }))
    await world.handle([{ ...event, data: { ...event.data, members } }])
    const [letter] = world.deadLetters()
    const { sentat: _s, attempts: _a, firsttriedat: _f, data, ...rest } = event
    expect(letter?.body).toEqual({ ...rest, data: { ...data, members: [{ email_address: ADA }] } })
    expect(BreachEventSchema.safeParse(letter?.body).success).toBe(true)
    expect(letter?.attributes).toMatchObject({ attempts: '3', 'failure-code': 'sessions_refused' })
  })
})
