import { describe, expect, it } from 'vitest'
import { MAX_MESSAGE_BYTES, messageSize } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fanOut, marked, type Refuses, rows, SENDER, STRANGER } from './fan-out.ts'

describe('fan-out', () => {
  it('splits an event into chunks that hold every member once, the fence, and nothing unknown', async () => {
    const members = rows(60).map((row) => ({ ...row, password: 'hunter2' }))
    const { chunks, deadLetters, messages } = await fanOut(breachEvent({ vendor: 'x', data: { members } }))
    expect(chunks.map(({ data }) => data.members.length)).toEqual([20, 20, 20])
    expect(chunks.flatMap(({ data }) => data.members)).toEqual(marked(rows(60)))
    expect(chunks[0]).toMatchObject({ fence: '2026-11-20T10:00:00.000Z', attempts: 0 })
    expect(messages.map(({ body }) => body).join()).not.toMatch(/hunter2|vendor/)
    expect(new Set(messages.map(({ groupId }) => groupId)).size).toBe(1)
    expect(deadLetters).toEqual([])
  })

  it('calls a person once: duplicates are skipped, rows with other ids stay in the chunk', async () => {
    const members = [
      { email_address: 'ada@x.example' },
      { email_address: ' ADA@x.example ' },
      { email_address: 'Ada@x.example', organization_id: 'acme' },
      { email_address: 'bob@x.example' },
    ]
    const { chunks, recorder } = await fanOut(breachEvent({ data: { members } }), { membersPerMessage: 1 })
    expect(chunks.map(({ data }) => data.members)).toEqual([
      [
        { email_address: 'ada@x.example', row_index: 0 },
        { email_address: 'Ada@x.example', organization_id: 'acme' },
      ],
      [{ email_address: 'bob@x.example', row_index: 3 }],
    ])
    expect(recorder.lines).toMatchObject([
      { outcome: 'skipped', code: 'duplicate', member: 1 },
      { outcome: 'skipped', code: 'duplicate', member: 2 },
    ])
  })

  it('forwards a member although a look-alike of their address comes first', async () => {
    const members = [
      { email_address: '\u212aay@customer.example' },
      { email_address: 'kay@customer.example' },
    ]
    const { chunks, recorder } = await fanOut(breachEvent({ data: { members } }))
    expect(chunks.flatMap(({ data }) => data.members)).toEqual(marked(members))
    expect(recorder.lines).toEqual([])
  })

  it('passes on the mode of the event, which can only lower that of require-reset', async () => {
    expect((await fanOut(breachEvent({ data: { mode: 'dry_run' } }))).chunks[0]?.data.mode).toBe('dry_run')
    expect((await fanOut(breachEvent())).chunks[0]?.data.mode).toBeUndefined()
  })

  it('dead-letters an invalid member with field and rule, and forwards the others', async () => {
    const bad = { email_address: 'canary', note: '\uffff' }
    const event = breachEvent({ data: { members: [bad, ...rows(2)] } })
    const { chunks, deadLetters, recorder } = await fanOut(event)
    expect(chunks[0]?.data.members).toEqual(marked(rows(2), 1))
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ id: event.id, data: { members: [bad] } })
    expect(deadLetters[0]?.attributes).toEqual({
      'failure-code': 'invalid_member',
      'failure-detail': expect.stringMatching(/^data\.members\.0\.email_address: must be an e-mail address/),
      redrive: 'again',
      'event-source': event.source,
      'event-id': event.id,
      'failed-at': '2026-11-20T12:00:00.000Z',
    })
    expect(recorder.lines).toMatchObject([{ outcome: 'dead_lettered', code: 'invalid_member', member: 0 }])
  })

  it.each([
    ['accepted', 'event accepted', breachEvent({ correlationid: 'INC-7' })],
    ['refused', 'event dead-lettered', breachEvent({ data: { members: rows(11) } })],
    ['unreadable', 'event dead-lettered', 'rubbish'],
  ])(
    'logs who sent what is %s, without the name of their session, in one line',
    async (_, message, event) => {
      const { recorder } = await fanOut(event, { maxMembersPerEvent: 10 })
      expect(recorder.notes).toMatchObject([{ message, fields: { sender: SENDER } }])
      expect(JSON.stringify(recorder.notes)).not.toContain('ada@')
    },
  )

  it('survives an event without a single valid member', async () => {
    const { chunks, deadLetters } = await fanOut(breachEvent({ data: { members: [{}, 'x', null] } }))
    expect(chunks).toEqual([])
    expect(deadLetters).toHaveLength(1)
  })

  it.each([
    ['empty_body', ''],
    ['not_json', 'canary@x.example'],
    ['not_a_breach_event', '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}'],
    ['invalid_event', JSON.stringify(breachEvent({ time: 'canary@x.example' }))],
    ['in_future', JSON.stringify(breachEvent({ time: '2026-11-20T13:00:00Z' }))],
  ])('dead-letters a body that is not a breach event verbatim: %s', async (code, body) => {
    const { chunks, deadLetters, recorder } = await fanOut(body)
    expect(chunks).toEqual([])
    expect(deadLetters).toMatchObject([{ body, attributes: { 'failure-code': code } }])
    expect(JSON.stringify([deadLetters[0]?.attributes, recorder.notes])).not.toContain('canary')
  })

  it.each([
    ['over_limit', breachEvent({ data: { members: rows(11) } }), { resetrun: 'm-1' }],
    ['expired', breachEvent({ expirytime: '2026-11-20T11:59:59Z', data: { members: rows(2) } }), {}],
  ])(
    'dead-letters the whole event so that it can be redriven, and resets nobody: %s',
    async (code, event, origin) => {
      const { chunks, deadLetters } = await fanOut(
        { ...event, password: 'hunter2' },
        { maxMembersPerEvent: 10 },
      )
      expect(chunks).toEqual([])
      expect(deadLetters).toMatchObject([{ attributes: { 'failure-code': code, 'event-id': event.id } }])
      const kept = { ...event, fence: '2026-11-20T10:00:00.000Z', ...origin }
      expect(JSON.parse(deadLetters[0]?.body ?? '')).toEqual(kept)
    },
  )

  it('admits a redriven dead letter again, with its first fence', async () => {
    const event = breachEvent({ time: '2026-11-20T11:00:00Z', fence: '2026-11-20T10:30:00.000Z' })
    const { chunks } = await fanOut(event)
    expect(chunks[0]?.fence).toBe('2026-11-20T10:30:00.000Z')
  })

  it('judges what is ahead by the moment of sending, however long the message waited', async () => {
    const sentAt = Date.parse('2026-11-17T10:00:00Z')
    const ahead = breachEvent({ time: '2026-11-17T10:00:00Z', data: { exposed_at: '2026-11-19T10:00:00Z' } })
    const { deadLetters, chunks } = await fanOut(ahead, { sentAt })
    expect(chunks).toEqual([])
    expect(deadLetters).toMatchObject([{ attributes: { 'failure-code': 'in_future' } }])
  })

  it.each([
    ['ask', STRANGER],
    ['again', SENDER],
  ])(
    'says %s about an event that is ahead and comes from %s, if its source is bound',
    async (redrive, sender) => {
      const event = breachEvent({ time: '2026-11-20T13:00:00Z' })
      const { deadLetters } = await fanOut(event, { sender, sources: { '*': { senders: [SENDER] } } })
      expect(deadLetters).toMatchObject([{ attributes: { 'failure-code': 'in_future', redrive } }])
    },
  )

  it('ignores internal fields that a producer forged', async () => {
    const owed = { reset_at: '2026-11-20T10:00:00.000Z', outcome: 'reset' }
    const members = [{ email_address: 'ada@x.example', owed }]
    const { chunks } = await fanOut(
      breachEvent({ attempts: 99, firsttriedat: '2020-01-01T00:00:00Z', data: { members } }),
    )
    expect(chunks[0]).toMatchObject({ attempts: 0, data: { members: [{ email_address: 'ada@x.example' }] } })
    expect(JSON.stringify(chunks)).not.toMatch(/owed|firsttriedat/)
  })

  it('dead-letters the people of all chunks that SQS refuses together', async () => {
    const refuses: Refuses = (_, queue) => queue === 'reset'
    const event = breachEvent({ data: { members: rows(60) } })
    const { deadLetters, recorder } = await fanOut(event, { refuses })
    expect(deadLetters).toMatchObject([{ attributes: { 'failure-code': 'unsendable' } }])
    expect(JSON.parse(deadLetters[0]?.body ?? '').data.members).toEqual(marked(rows(60)))
    expect(recorder.lines.filter(({ code }) => code === 'unsendable')).toHaveLength(60)
  })

  it.each([
    ['everybody in an event that fills a message to the last byte', 2, true],
    ['the others of a chunk to which one person leaves no room for the marks of later steps', 1, false],
  ])('forwards %s', async (_, people, isForwarded) => {
    const refuses: Refuses = (message) => messageSize(message) > MAX_MESSAGE_BYTES
    const eventOf = (large: unknown[]) => breachEvent({ data: { members: [...rows(30), ...large] } })
    const largeOf = (length: number) =>
      Array.from({ length: 7000 }, (_, index) => ({
        email_address: `ada${Math.floor((index * people) / 7000)}@x.example`,
        member_id: `${10_000 + index}`.padEnd(Math.floor((length + index) / 7000), 'm'),
      }))
    const large = largeOf(MAX_MESSAGE_BYTES - JSON.stringify(eventOf(largeOf(0))).length + 5 * 7000)
    const event = eventOf(large)
    const { chunks, deadLetters } = await fanOut(event, { refuses, membersPerMessage: 32 })
    expect(JSON.stringify(event)).toHaveLength(MAX_MESSAGE_BYTES)
    const firstOf = new Set(people === 2 ? [0, 3500] : [0])
    const left = large.map((row, at) => (firstOf.has(at) ? { ...row, row_index: 30 + at } : row))
    const forwarded = [...marked(rows(30)), ...(isForwarded ? left : [])]
    expect(chunks.flatMap(({ data }) => data.members)).toEqual(forwarded)
    expect(deadLetters.flatMap(({ body }) => JSON.parse(body).data.members)).toEqual(isForwarded ? [] : left)
  })

  it("fails the record when a dead letter can't be sent with its reason", async () => {
    await expect(fanOut('rubbish', { refuses: () => true })).rejects.toThrow('too large')
  })

  it('survives 10,000 members and prototype pollution', async () => {
    const body = JSON.stringify(breachEvent({ data: { members: rows(10_000) } }))
    const polluted = body.replaceAll(
      '{"email_address"',
      '{"__proto__":{"organization_id":"evil"},"email_address"',
    )
    const { chunks } = await fanOut(polluted)
    expect(chunks).toHaveLength(400)
    expect(chunks[0]?.data.members[0]).toEqual({ email_address: 'm0@x.example', row_index: 0 })
  })
})
