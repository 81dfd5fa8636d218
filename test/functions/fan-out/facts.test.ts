import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { fanOutBatch } from '../../../functions/fan-out/fan-out-batch.ts'
import { createClock } from '../../fakes/create-clock.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { createFanOut, fanOut, type Refuses, rows, SENDER } from './fan-out.ts'

const ADA = { email_address: 'ada@x.example' }
const BOB = { email_address: 'bob@x.example' }

describe('what fan-out keeps of an accepted event', () => {
  it('is which rows it has, and what its producer said of it', async () => {
    const event = breachEvent({
      ...{ time: '2026-11-20T10:00:00Z', correlationid: 'INC-7' },
      data: { members: rows(3), exposed_at: '2026-11-19', severity: 'high', mode: 'dry_run' },
    })
    expect((await fanOut(event)).fact).toEqual({
      ...{ event: { source: event.source, id: event.id }, run: 'm-1', by: 'fan-out' },
      ...{ at: Date.parse('2026-11-20T12:00:00Z'), ends: [], passedOn: [] },
      accepted: {
        ...{ rows: '0-2', time: '2026-11-20T10:00:00Z', sentAt: '2026-11-20T11:59:59.000Z' },
        ...{ exposedAt: '2026-11-19', reason: event.data.reason, severity: 'high', mode: 'dry_run' },
        ...{ correlationId: 'INC-7', sender: SENDER },
      },
    })
  })

  it('has the mode that stage, source and event agree on', async () => {
    const sources = { '*': { highestMode: 'dry_run' as const } }
    expect((await fanOut(breachEvent(), { sources })).fact.accepted?.mode).toBe('dry_run')
    expect((await fanOut(breachEvent(), { mode: 'dry_run' })).fact.accepted?.mode).toBe('dry_run')
    expect((await fanOut(breachEvent())).fact.accepted?.mode).toBe('enforce')
  })

  it('is how rows ended that are not forwarded', async () => {
    const refuses: Refuses = ({ body }, queue) => queue === 'reset' && body.includes('bob')
    const members = [ADA, { email_address: 'nobody' }, BOB, ADA, { ...BOB, member_id: 'b-1' }]
    const { fact, chunks } = await fanOut(breachEvent({ data: { members } }), { refuses })
    expect(chunks.map(({ data, resetrun }) => [resetrun, data.members])).toEqual([
      ['m-1', [{ ...ADA, row_index: 0 }]],
    ])
    expect(fact.accepted?.rows).toBe('0-4')
    expect(fact.ends).toEqual([
      { index: 3, kind: 'skipped', code: 'duplicate' },
      { index: 4, kind: 'skipped', code: 'duplicate' },
      { index: 1, kind: 'dead_lettered', code: 'invalid_member' },
      { index: 2, kind: 'dead_lettered', code: 'unsendable' },
    ])
  })

  it('follows the rows of a redriven dead letter by the indices that they say', async () => {
    const members = [
      { ...ADA, row_index: 7 },
      { ...ADA, member_id: 'a-1' },
      { email_address: 'nobody', row_index: 3 },
      { ...BOB, row_index: 'seven' },
      { ...BOB, row_index: 4 },
      'x',
    ]
    const { fact, chunks, deadLetters } = await fanOut(breachEvent({ resetrun: 'm-0', data: { members } }))
    expect(chunks[0]).toMatchObject({ resetrun: 'm-1' })
    expect(chunks[0]?.data.members).toEqual([{ ...ADA, row_index: 7 }, { ...ADA, member_id: 'a-1' }, BOB])
    expect(fact.accepted).toMatchObject({ rows: '3-4,7', of: 'm-0' })
    expect(fact.ends).toEqual([
      { index: 4, kind: 'skipped', code: 'duplicate' },
      { index: 3, kind: 'dead_lettered', code: 'invalid_member' },
    ])
    const [letter] = deadLetters.map(({ body }) => JSON.parse(body))
    expect(letter.resetrun).toBe('m-1')
    expect(letter.data.members).toEqual([{ email_address: 'nobody', row_index: 3 }, 'x'])
  })

  it.each([
    ['a run alone', { resetrun: 'm-0', data: { members: [ADA, BOB] } }],
    [
      'indices alone',
      {
        data: {
          members: [
            { ...ADA, row_index: 7 },
            { ...BOB, row_index: 7 },
          ],
        },
      },
    ],
    [
      'what is neither',
      {
        resetrun: 'a b',
        data: {
          members: [
            { ...ADA, row_index: -1 },
            { ...BOB, row_index: {} },
          ],
        },
      },
    ],
    ['nothing', { resetrun: null, data: { members: [{ ...ADA, row_index: null }, BOB] } }],
  ])(
    'does not take an event for a redriven one whose producer says %s, and forwards everybody',
    async (_, own) => {
      const { fact, chunks, deadLetters } = await fanOut(breachEvent(own))
      expect(chunks[0]?.data.members).toEqual([
        { ...ADA, row_index: 0 },
        { ...BOB, row_index: 1 },
      ])
      expect(fact.accepted).toMatchObject({ rows: '0-1', of: undefined })
      expect(deadLetters).toEqual([])
    },
  )
})

describe('what fan-out keeps of a message that it refuses as a whole', () => {
  const tooMany = breachEvent({ data: { members: rows(3) } })
  it('is why, and its rows', async () => {
    const { fact, deadLetters } = await fanOut(tooMany, { maxMembersPerEvent: 2 })
    expect(fact).toMatchObject({ event: { source: tooMany.source, id: tooMany.id }, run: 'm-1', ends: [] })
    expect(fact.refused).toEqual({
      ...{ code: 'over_limit', rows: '0-2', of: undefined, sender: SENDER },
      detail: 'data.members: has 3 members, this stage allows 2',
    })
    expect(fact.accepted).toBeUndefined()
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ resetrun: 'm-1', data: tooMany.data })
  })

  it('is its rows in their event, if it is a redriven dead letter, which keeps them', async () => {
    const members = [{ ...ADA, row_index: 7 }, BOB]
    const { fact, deadLetters } = await fanOut(breachEvent({ resetrun: 'm-0', data: { members } }), {
      maxMembersPerEvent: 1,
    })
    expect(fact.refused).toMatchObject({ rows: '7', of: 'm-0' })
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toMatchObject({ resetrun: 'm-1', data: { members } })
  })

  it('does not keep in its dead letter the index that a row says of no run', async () => {
    const members = [{ ...ADA, row_index: 7 }, { note: 1, row_index: 8 }, 'x']
    const { fact, deadLetters } = await fanOut(breachEvent({ data: { members } }), { maxMembersPerEvent: 1 })
    expect(fact.refused).toMatchObject({ rows: '0-2', of: undefined })
    expect(JSON.parse(deadLetters[0]?.body ?? '').data.members).toEqual([ADA, { note: 1 }, 'x'])
  })

  it.each([
    ['without its event, if that can not be read', 'rubbish', undefined, 'not_json'],
    [
      'without its rows, if only its event can be read',
      { ...tooMany, time: 'noon' },
      { source: tooMany.source, id: tooMany.id },
      'invalid_event',
    ],
  ])('is kept %s', async (_, body, event, code) => {
    const { fact } = await fanOut(body)
    expect(fact).toMatchObject({ event, run: 'm-1', refused: { code, rows: '', sender: SENDER } })
  })
})

describe('the facts of a batch', () => {
  const recordOf = (messageId: string, body: unknown) => ({
    ...{ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) },
    attributes: { SentTimestamp: '0', ApproximateReceiveCount: '1' },
  })
  const batch = (...bodies: unknown[]) =>
    ({ Records: bodies.map((body, index) => recordOf(`m-${index}`, body)) }) as unknown as SQSEvent
  const past = breachEvent({ time: '1999-11-20T10:00:00Z' })

  it('are kept, one for each record that is settled, once its messages are sent', async () => {
    const { environment, progress, sent } = createFanOut()
    const sendMessages: typeof environment.sendMessages = async (queue, messages) => {
      const all = [...messages]
      if (all.some(({ body }) => body.includes('unlucky'))) throw new Error('SQS is down')
      expect(progress.facts()).toEqual([])
      return environment.sendMessages(queue, all)
    }
    const unlucky = { ...past, id: 'unlucky' }
    const response = await fanOutBatch({ ...environment, sendMessages }, batch(past, unlucky, 'x'), 60_000)
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }])
    expect(
      progress
        .facts()
        .map(({ run }) => run)
        .toSorted(),
    ).toEqual(['m-0', 'm-2'])
    expect(sent['dead-letter']).toHaveLength(2)
  })

  it('are lost, in the time that is left, when their table hangs', async () => {
    const clock = createClock()
    const { environment, recorder } = createFanOut()
    const hanging = {
      ...{ ...environment, monotonic: clock.monotonic, sleep: clock.sleep },
      ...{ putFact: () => new Promise<never>(() => {}), sendOutcomes: undefined },
      sendMessages: async () => {
        clock.advance(700)
        return { refused: [] }
      },
    }
    let answeredAt = Number.NaN
    const answer = fanOutBatch(hanging, batch('x'), 1500).then((response) => {
      answeredAt = clock.monotonic()
      return response
    })
    await clock.run()
    expect(await answer).toEqual({ batchItemFailures: [] })
    expect(answeredAt).toBe(1250)
    expect(recorder.total('ProgressLost')).toBe(1)
  })
})
