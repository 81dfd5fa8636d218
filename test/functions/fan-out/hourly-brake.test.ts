import { describe, expect, it } from 'vitest'
import type { ConsumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { endOf, fanOut, eventOf as of, rows } from './fan-out.ts'

const ENFORCE = { mode: 'enforce' }

describe('an hourly limit', () => {
  const counting = (answer: boolean) => {
    const asked: Parameters<ConsumeQuota>[] = []
    const consumeQuota: ConsumeQuota = async (...given) => {
      asked.push(given)
      return answer
    }
    return { asked, consumeQuota }
  }

  it('refuses the whole event when there is no room for all of it', async () => {
    const { asked, consumeQuota } = counting(false)
    const sources = { '*': { maxMembersPerHour: 5 } }
    expect(await endOf(of('urn:b', { members: 3 }), sources, { consumeQuota })).toBe('over_hourly_limit')
    expect(asked).toEqual([[{ id: 'm-1', receives: 2 }, { name: '*', maxPerHour: 5 }, 3]])
  })

  it('counts every row, bad ones and duplicates too, and dry runs as well', async () => {
    const { asked, consumeQuota } = counting(true)
    const event = breachEvent({
      source: 'urn:a',
      data: { mode: 'dry_run', members: [{}, ...rows(1), ...rows(1)] },
    })
    await fanOut(event, { sources: { 'urn:a': { maxMembersPerHour: 5 } }, consumeQuota })
    expect(asked).toEqual([[expect.anything(), { name: 'urn:a', maxPerHour: 5 }, 3]])
  })

  it.each([
    ['a source without one', of('urn:a'), { 'urn:a': {} }],
    [
      'what is refused for another reason',
      of('urn:a', ENFORCE),
      { 'urn:a': { maxMembersPerHour: 5, highestMode: 'dry_run' } },
    ],
    [
      'what is too large',
      of('urn:a', { members: 4 }),
      { 'urn:a': { maxMembersPerHour: 5, maxMembersPerEvent: 3 } },
    ],
    [
      'what has expired',
      { ...of('urn:a'), expirytime: '2026-11-20T11:59:59Z' },
      { 'urn:a': { maxMembersPerHour: 5 } },
    ],
  ] as const)('does not count %s', async (_, event, sources) => {
    const { asked, consumeQuota } = counting(true)
    await fanOut(event, { sources, consumeQuota })
    expect(asked).toEqual([])
  })

  it('fails the record, and forwards nobody, when it can not count', async () => {
    const sent: string[] = []
    const given = {
      sources: { '*': { maxMembersPerHour: 5 } },
      consumeQuota: () => Promise.reject(new Error('no DynamoDB')),
      refuses: (_: unknown, queue: string) => sent.push(queue) > 0,
    }
    await expect(fanOut(of('urn:a'), given)).rejects.toThrow('no DynamoDB')
    expect(sent).toEqual([])
  })
})
