import { describe, expect, it } from 'vitest'
import type { ResetEvent, ResetMember } from '../../../lib/contract/breach-event.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { MAX_MESSAGE_BYTES, messageSize } from '../../../lib/queue/send-messages.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fanOut, type Refuses } from '../fan-out/fan-out.ts'

const ADA = 'ada@x.example'
const BOB = 'bob@x.example'
const CID = 'cid@x.example'

function createWorld(options: Parameters<typeof createResetWorld>[0] = {}) {
  const world = createResetWorld({ ...options, config: { sessionsQueueUrl: 'sessions', ...options.config } })
  world.sent.sessions = []
  return world
}

/** What a message of a run is about: e-mails by their index in the event. */
function messageOf(people: Record<number, string>, own: Partial<ResetEvent> = {}): ResetEvent {
  const members = Object.entries(people).map(([index, email_address]) => ({
    email_address,
    row_index: Number(index),
  }))
  const event = resetEvent([], { resetrun: 'run-1', ...own })
  return { ...event, data: { ...event.data, members } }
}

const rowsIn = (messages: readonly { body: string }[] = []): ResetMember[] =>
  messages.flatMap(({ body }) => JSON.parse(body).data.members)
const runsOf = (messages: readonly { body: string }[] = []) =>
  messages.map(({ body }) => JSON.parse(body).resetrun)

const GAVE_UP = { attempts: 3, firsttriedat: '2026-11-18T12:00:00.000Z' }

describe('what require-reset keeps', () => {
  it('is who was reset when, who was skipped or dead-lettered and why, and who was passed on', async () => {
    const world = createWorld()
    world.stytch = (email) => {
      if (email === ADA) return answers.reset()
      return email === BOB ? answers.error(404, 'email_not_found') : answers.error(400, 'invalid_email')
    }
    await world.handle([messageOf({ 4: ADA, 7: BOB, 9: CID })])
    const { source, id } = resetEvent([])
    expect(world.progress.facts()).toEqual([
      {
        ...{ event: { source, id }, run: 'run-1', by: 'require-reset', at: expect.any(Number) },
        ends: expect.arrayContaining([
          { index: 4, kind: 'reset', code: 'reset', at: world.calls[0]?.at },
          { index: 7, kind: 'skipped', code: 'not_a_member' },
          { index: 9, kind: 'dead_lettered', code: 'invalid_email' },
        ]),
        passedOn: [4],
      },
    ])
    expect(world.progress.facts()[0]?.ends).toHaveLength(3)
  })

  it('is one fact for each run of a batch, however many of its messages are in it', async () => {
    const world = createWorld()
    const of2 = { resetrun: 'run-2', id: 'harvest-2' }
    await world.handle([messageOf({ 0: ADA }), messageOf({ 1: BOB }, of2), messageOf({ 2: CID })])
    const kept = world.progress.facts().map(({ run, event, passedOn }) => [run, event?.id, passedOn])
    expect(kept).toEqual([
      ['run-1', resetEvent([]).id, [0, 2]],
      ['run-2', 'harvest-2', [1]],
    ])
  })

  it.each([
    ['who is deferred', messageOf({ 0: ADA })],
    ['in a message of an older version, without a run', resetEvent([BOB])],
    ['in a message of an older version, without indices', { ...resetEvent([BOB]), resetrun: 'run-1' }],
    ['in a message that names no run', messageOf({ 0: BOB }, { resetrun: undefined })],
    ['in a body that is not an event', 'rubbish'],
  ])('is nothing about people %s', async (_, message) => {
    const world = createWorld()
    world.stytch = (email) => (email === ADA ? answers.timeout() : answers.reset())
    await world.handle([message])
    expect(world.progress.facts().flatMap(({ ends }) => ends)).toEqual([])
    expect(world.progress.events).toEqual([])
  })

  it('says nothing of passing on where sessions stay open', async () => {
    const world = createWorld({ config: { sessionsQueueUrl: undefined } })
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()).toMatchObject([{ ends: [{ index: 4, kind: 'reset' }], passedOn: [] }])
  })

  it('says of a canary that it was passed on', async () => {
    const world = createWorld()
    world.stytch = () => answers.error(404, 'email_not_found')
    const canary: ResetEvent = Object.assign(resetEvent([]), canaryEvent('1', '2026-11-20T11:59:00Z'))
    const [row] = canary.data.members
    const data = { ...canary.data, members: [{ email_address: row?.email_address ?? '', row_index: 0 }] }
    await world.handle([{ ...canary, resetrun: 'run-1', data }])
    expect(world.progress.facts()).toMatchObject([{ ends: [{ code: 'not_a_member' }], passedOn: [0] }])
  })

  it('is kept only once its message is settled', async () => {
    const world = createWorld({
      effects: {
        sendMessages: async (queue) => {
          expect(world.progress.facts()).toEqual([])
          if (queue === 'sessions') throw new Error('SQS is down')
          return { refused: [] }
        },
      },
    })
    expect(await world.handle([messageOf({ 4: ADA })])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    })
    expect(world.progress.facts()).toEqual([])
  })
})

describe('a table that hangs', () => {
  const hang = () => new Promise<never>(() => {})
  it.each([
    ['two seconds', 0, 2000],
    ['what settling has left of the invocation, except for the time to answer', 59_200, 550],
    ['nothing, if settling has left nothing', 59_900, 0],
  ])('takes %s, and the record is acknowledged', async (_, untilMs, takenMs) => {
    let settledAt = Number.NaN
    const world = createWorld({
      effects: {
        ...{ putFact: hang, readRun: hang, sendOutcomes: hang },
        sendMessages: async (_queue, messages) => {
          if ([...messages].length > 0) world.clock.advance(Math.max(0, untilMs - world.clock.monotonic()))
          settledAt = world.clock.monotonic()
          return { refused: [] }
        },
      },
    })
    expect(await world.handle([messageOf({ 4: ADA })])).toEqual({ batchItemFailures: [] })
    expect(world.clock.monotonic() - settledAt).toBe(takenMs)
    expect(world.recorder.total('ProgressLost')).toBe(1)
  })
})

describe('somebody whom the ledger covers', () => {
  it('was reset, if that was for this very event, with that moment', async () => {
    const world = createWorld()
    await world.handle([messageOf({ 4: ADA })])
    world.clock.advance(60_000)
    await world.handle([messageOf({ 4: ADA })])
    const ends = world.progress.facts().map((fact) => fact.ends)
    expect(ends[1]).toEqual(ends[0])
    expect(world.recorder.lines.map(({ code }) => code)).toEqual([undefined, 'covered'])
  })

  it('had no password, if that was for this very event', async () => {
    const world = createWorld()
    world.stytch = () => answers.error(404, 'member_password_not_found')
    await world.handle([messageOf({ 4: ADA })])
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()[1]?.ends).toEqual([{ index: 4, kind: 'skipped', code: 'no_password' }])
  })

  it.each([
    ['id', { id: 'harvest-2' }],
    ['source', { source: 'urn:feed:2' }],
  ])('is covered, if that was for an event of another %s', async (_, other) => {
    const world = createWorld()
    await world.handle([messageOf({ 4: ADA }, other)])
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()[1]?.ends).toEqual([{ index: 4, kind: 'skipped', code: 'covered' }])
  })
})

describe('index and run of a person', () => {
  it('stay when they are deferred, also after their first row was called', async () => {
    const world = createWorld()
    world.stytch = (_, memberId) =>
      memberId === 'a-1' ? answers.error(404, 'member_not_found') : answers.timeout()
    const event = messageOf({ 4: ADA })
    const members = ['a-1', 'a-2', 'a-3'].map((member_id, row) => ({
      email_address: ADA,
      member_id,
      ...(row === 0 && { row_index: 4 }),
    }))
    await world.handle([{ ...event, data: { ...event.data, members } }])
    expect(rowsIn(world.sent.reset)).toEqual([
      expect.objectContaining({ member_id: 'a-2', row_index: 4, idstried: true, uncertain: true }),
      { email_address: ADA, member_id: 'a-3' },
    ])
    expect(runsOf(world.sent.reset)).toEqual(['run-1'])
  })

  it('stay while their ledger row is owed', async () => {
    const world = createWorld({ effects: { writeResets: () => Promise.reject(new Error('down')) } })
    await world.handle([messageOf({ 4: ADA })])
    expect(rowsIn(world.sent.reset)).toMatchObject([{ owed: { outcome: 'reset' }, row_index: 4 }])
    expect(world.progress.facts()).toEqual([])
  })

  it('are in their dead letter, once, and in what is passed on', async () => {
    const world = createWorld()
    world.stytch = (email) => (email === ADA ? answers.reset() : answers.error(400, 'invalid_email'))
    const event = messageOf({ 4: ADA, 7: BOB })
    const members = [...event.data.members, { email_address: BOB, member_id: 'b-1' }]
    await world.handle([{ ...event, data: { ...event.data, members } }])
    expect(rowsIn(world.sent['dead-letter'])).toEqual([
      { email_address: BOB, row_index: 7 },
      { email_address: BOB, member_id: 'b-1' },
    ])
    expect(rowsIn(world.sent.sessions)).toMatchObject([{ email_address: ADA, row_index: 4 }])
    expect(runsOf([...(world.sent['dead-letter'] ?? []), ...(world.sent.sessions ?? [])])).toEqual([
      'run-1',
      'run-1',
    ])
  })
})

it('a person as large as fan-out forwards fits into a message with every mark, and into a letter', async () => {
  const rowOf = (row: number) => ({ email_address: ADA, member_id: `${row}`.padEnd(99, 'm') })
  const long = { source: 's'.repeat(512), id: 'i'.repeat(128), correlationid: 'c'.repeat(256) }
  const forward = async (count: number, title = 't') => {
    const members = Array.from({ length: count }, (_, row) => rowOf(row))
    const event = breachEvent({ ...long, data: { members, breach: { catalog: 'x', id: 'x', title } } })
    const refuses: Refuses = (message) => messageSize(message) > MAX_MESSAGE_BYTES
    const [message = { body: '' }] = (await fanOut(event, { refuses })).messages
    return { body: message.body, room: MAX_MESSAGE_BYTES - messageSize(message) }
  }
  const [one, two] = [await forward(1), await forward(2)]
  const count = 1 + Math.floor(one.room / (one.room - two.room))
  const { room } = await forward(count)
  const largest = await forward(count, 't'.repeat(1 + room))
  expect(largest.room).toBe(0)

  const world = createWorld()
  world.stytch = (_, memberId) =>
    memberId === rowOf(0).member_id ? answers.error(404, 'member_not_found') : answers.timeout()
  await world.handle([largest.body])
  world.stytch = () => answers.timeout()
  await world.handle([{ ...JSON.parse(largest.body), ...GAVE_UP }])
  const [deferred, letter] = [...(world.sent.reset ?? []), ...(world.sent['dead-letter'] ?? [])]
  expect(rowsIn(deferred && [deferred])[0]).toMatchObject({ uncertain: true, idstried: true, row_index: 0 })
  expect(letter?.attributes).toMatchObject({ 'failure-code': 'timeout' })
  for (const message of [deferred, letter])
    expect(messageSize(message ?? { body: '' })).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
})
