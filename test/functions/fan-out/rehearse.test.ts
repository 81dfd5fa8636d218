import { describe, expect, it } from 'vitest'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fanOut, rows, SENDER } from './fan-out.ts'

type Given = Parameters<typeof fanOut>[1]
const DRY_STAGE = { mode: 'dry_run', rehearsedQueueUrl: 'rehearsed', maxMembersPerEvent: 10 } as const

/** The events that a stage which is a dry run keeps of one body. */
async function keptOf(body: unknown, given: Given = {}) {
  const { rehearsed } = await fanOut(body, { ...DRY_STAGE, ...given })
  return rehearsed.map((message) => JSON.parse(message.body))
}

describe('a stage that is a dry run', () => {
  it('keeps an accepted event as its producer sent it, without unknown keys, with its fence and its sender', async () => {
    const members = [...rows(2), ...rows(1), { email_address: 'nobody', note: 1 }]
    const event = breachEvent({ correlationid: 'INC-7', data: { members } })
    const { rehearsed } = await fanOut({ ...event, vendor: 'x' }, DRY_STAGE)
    const body = JSON.stringify({ ...event, fence: '2026-11-20T10:00:00.000Z' })
    expect(rehearsed).toEqual([{ body, attributes: { 'event-sender': SENDER } }])
  })

  it('takes what it has kept once it enforces, with the fence of the dry run, as an event of its own', async () => {
    const members = rows(2).map((row, index) => ({ ...row, row_index: 7 + index }))
    const event = breachEvent({ resetrun: 'm-0', time: '2026-11-20T11:00:00Z', data: { members } })
    const [kept] = await keptOf({ ...event, fence: '2026-11-20T10:30:00.000Z' })
    const { chunks, fact, rehearsed } = await fanOut(kept)
    expect(chunks[0]).toMatchObject({ fence: '2026-11-20T10:30:00.000Z', resetrun: 'm-1' })
    expect(chunks[0]?.data.members).toEqual(rows(2).map((row, index) => ({ ...row, row_index: index })))
    expect(fact.accepted).toMatchObject({ rows: '0-1', of: undefined, mode: 'enforce' })
    expect(rehearsed).toEqual([])
  })

  const dry = { 'urn:detector:stealer-logs': { highestMode: 'dry_run' } } as const
  it.each<[string, unknown, Given]>([
    ['an event that asks for a dry run itself', breachEvent({ data: { mode: 'dry_run' } }), {}],
    ['an event whose source may send dry runs only', breachEvent(), { sources: dry }],
    ['a canary', canaryEvent('1', '2026-11-20T10:00:00Z'), {}],
    ['an event that it refuses', breachEvent({ data: { members: rows(11) } }), {}],
    ['what is not an event', 'rubbish', {}],
    ['an event although the stage enforces by now', breachEvent(), { mode: 'enforce' }],
    ['an event for which it has no queue', breachEvent(), { rehearsedQueueUrl: undefined }],
  ])('does not keep %s', async (_, body, given) => {
    expect(await keptOf(body, given)).toEqual([])
  })

  it('fails the record, after everything else was sent, when the event can not be kept', async () => {
    const order: string[] = []
    const refuses = (_: unknown, queue: string) => order.push(queue) > 0 && queue === 'rehearsed'
    const event = breachEvent({ data: { members: [{}, ...rows(1)] } })
    await expect(fanOut(event, { ...DRY_STAGE, refuses })).rejects.toThrow('too large')
    expect(order).toEqual(['reset', 'dead-letter', 'rehearsed'])
  })
})
