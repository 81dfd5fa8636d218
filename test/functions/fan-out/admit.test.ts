import { describe, expect, it } from 'vitest'
import type { Sources } from '../../../functions/fan-out/config.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import type { ConsumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { endOf, fanOut, eventOf as of, rows, SENDER, STRANGER } from './fan-out.ts'

const DRY = { mode: 'dry_run' }
const ENFORCE = { mode: 'enforce' }

describe('a stage that names its sources', () => {
  it.each<[string, Parameters<typeof of>, Sources, unknown]>([
    ['lets a named source through', ['urn:a'], { 'urn:a': {} }, [undefined]],
    ['lets no other source through', ['urn:b'], { 'urn:a': {} }, 'source_not_allowed'],
    [
      'does not take a name that every object has for a source',
      ['constructor'],
      { 'urn:a': {} },
      'source_not_allowed',
    ],
    [
      "applies '*' to a source that it does not name",
      ['urn:b', { members: 4 }],
      { '*': { maxMembersPerEvent: 3 } },
      'over_limit',
    ],
    [
      "does not apply '*' to a source that it names",
      ['urn:a'],
      { 'urn:a': {}, '*': { highestMode: 'dry_run' } },
      [undefined],
    ],
    [
      "makes no exception for a source that calls itself '*'",
      ['*', { members: 4 }],
      { '*': { maxMembersPerEvent: 3 } },
      'over_limit',
    ],
    [
      'allows a source as many members as it says',
      ['urn:a', { members: 3 }],
      { 'urn:a': { maxMembersPerEvent: 3 } },
      [undefined],
    ],
    [
      'holds every source to the limit of the stage',
      ['urn:a', { members: 11 }],
      { 'urn:a': {} },
      'over_limit',
    ],
    ['lowers an event that says no mode', ['urn:a'], { 'urn:a': { highestMode: 'dry_run' } }, ['dry_run']],
    ['leaves a dry run one', ['urn:a', DRY], { 'urn:a': { highestMode: 'dry_run' } }, ['dry_run']],
    [
      'refuses the mode that a source may not have',
      ['urn:a', ENFORCE],
      { 'urn:a': { highestMode: 'dry_run' } },
      'mode_not_allowed',
    ],
    [
      'leaves a mode that a source may have',
      ['urn:a', ENFORCE],
      { 'urn:a': { highestMode: 'enforce' } },
      ['enforce'],
    ],
    [
      'refuses the source before the mode and the size',
      ['urn:b', { members: 11, ...ENFORCE }],
      { 'urn:a': {} },
      'source_not_allowed',
    ],
    [
      'refuses the mode before the size',
      ['urn:a', { members: 11, ...ENFORCE }],
      { 'urn:a': { highestMode: 'dry_run' } },
      'mode_not_allowed',
    ],
  ])('%s', async (_, given, sources, end) => {
    expect(await endOf(of(...given), sources)).toEqual(end)
  })

  const bound = { 'urn:a': { senders: [SENDER, '111122223333'] }, '*': {} }
  it.each([
    ['lets a sender of its source through', 'urn:a', SENDER, [undefined]],
    ['lets no other sender of its source through', 'urn:a', STRANGER, 'sender_not_allowed'],
    ['lets nobody through whom SQS does not name', 'urn:a', 'ada@x.example', 'sender_not_allowed'],
    ['lets anyone send for a source that it does not bind', 'urn:b', STRANGER, [undefined]],
  ])('%s', async (_, source, sender, end) => {
    expect(await endOf(of(source), bound, { sender })).toEqual(end)
  })

  it('refuses the sender before the mode and the size, and says who it was', async () => {
    const sources: Sources = { '*': { senders: [SENDER], highestMode: 'dry_run', maxMembersPerEvent: 1 } }
    const event = of('urn:b', { members: 2, ...ENFORCE })
    const { deadLetters } = await fanOut(event, { sources, sender: STRANGER })
    expect(deadLetters[0]?.attributes).toMatchObject({
      'failure-code': 'sender_not_allowed',
      'failure-detail': 'source: this stage allows no event of it from this sender',
      'event-sender': STRANGER,
    })
  })

  it('dead-letters the whole event as its producer sent it, with its fence, its run and the limit that it broke', async () => {
    const event = of('urn:a', { members: 4 })
    const { deadLetters } = await fanOut(event, {
      sources: { 'urn:a': { maxMembersPerEvent: 3, highestMode: 'dry_run' } },
    })
    const kept = { ...event, fence: '2026-11-20T10:00:00.000Z', resetrun: 'm-1' }
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toEqual(kept)
    expect(deadLetters[0]?.attributes).toMatchObject({
      'failure-detail': 'data.members: has 4 members, this stage allows its source 3',
      'max-members': '3',
    })
  })

  it('says in the dead letter the lower limit when an event has more members than both: its pieces must come in', async () => {
    const sources = { 'urn:a': { maxMembersPerEvent: 2 }, '*': { maxMembersPerEvent: 9 } }
    const letterOf = async (source: string) => {
      const { deadLetters } = await fanOut(of(source, { members: 10 }), { sources, maxMembersPerEvent: 3 })
      return deadLetters[0]?.attributes
    }
    expect(await letterOf('urn:a')).toMatchObject({
      'failure-detail': 'data.members: has 10 members, this stage allows its source 2',
      'max-members': '2',
    })
    expect(await letterOf('urn:b')).toMatchObject({ 'max-members': '3' })
  })

  it("says in the dead letter the stage's limit when that is broken, and no limit of an event refused for something else", async () => {
    const limitOf = async (event: unknown) => {
      const { deadLetters } = await fanOut(event, {
        ...{ sources: { 'urn:a': { highestMode: 'dry_run' } }, maxMembersPerEvent: 3 },
      })
      return deadLetters.map(({ attributes }) => attributes?.['max-members'])
    }
    expect(await limitOf(of('urn:a', { members: 4 }))).toEqual(['3'])
    expect(await limitOf(of('urn:a', ENFORCE))).toEqual([undefined])
  })

  it('keeps the mode that the producer sent in the dead letter of an invalid row', async () => {
    const event = breachEvent({ source: 'urn:a', data: { members: [{}] } })
    const { deadLetters } = await fanOut(event, { sources: { 'urn:a': { highestMode: 'dry_run' } } })
    expect(JSON.parse(deadLetters[0]?.body ?? '').data.mode).toBeUndefined()
  })
})

describe('a canary event, which is about nobody', () => {
  const canary = canaryEvent('1', '2026-11-20T10:00:00Z')
  const withRows = (members: unknown[]) => ({ ...canary, data: { ...canary.data, members } })

  it('needs no source, and no sender of it', async () => {
    const consumeQuota = () => Promise.reject(new Error('counted'))
    expect(await endOf(canary, { 'urn:a': {} }, { consumeQuota })).toEqual([undefined])
    expect(await endOf(canary, { '*': { senders: [STRANGER] } })).toEqual([undefined])
  })

  it('is counted under a name of its own, where hours are limited', async () => {
    const asked: Parameters<ConsumeQuota>[] = []
    const given = (hasRoom: boolean) => ({
      ...{ quotaTable: 'quota', maxMembersPerHour: 100 },
      consumeQuota: async (...count: Parameters<ConsumeQuota>) => {
        asked.push(count)
        return hasRoom ? undefined : count[1][0]
      },
    })
    for (const sources of [{ '*': { maxMembersPerHour: 1 } }, undefined]) {
      expect(await endOf(canary, sources, given(true))).toEqual([undefined])
      expect(await endOf(canary, sources, given(false))).toBe('over_hourly_limit')
    }
    const counted = [expect.anything(), [{ name: 'stage canaries', maxPerHour: 400 }], 1]
    expect(asked).toEqual([counted, counted, counted, counted])
  })

  it.each([
    ['names two made-up addresses', [canary.data.members[0], canary.data.members[0]]],
    ['names a thousand', Array(1000).fill(canary.data.members[0])],
    ['names somebody as well', [...canary.data.members, ...rows(1)]],
    ['names somebody else', rows(1)],
  ])('is an ordinary event of its source when it %s', async (_, members) => {
    expect(await endOf(withRows(members), { 'urn:a': {} })).toBe('source_not_allowed')
  })
})

describe('an hourly limit', () => {
  /** `full`: the quota, by its place, that has no room. */
  const counting = (full?: number) => {
    const asked: Parameters<ConsumeQuota>[] = []
    const consumeQuota: ConsumeQuota = async (...given) => {
      asked.push(given)
      return full === undefined ? undefined : given[1][full]
    }
    return { asked, consumeQuota }
  }

  it('refuses the whole event when there is no room for all of it', async () => {
    const { asked, consumeQuota } = counting(0)
    const sources = { '*': { maxMembersPerHour: 5 } }
    expect(await endOf(of('urn:b', { members: 3 }), sources, { consumeQuota })).toBe('over_hourly_limit')
    expect(asked).toEqual([[{ id: 'm-1', receives: 2 }, [{ name: 'source *', maxPerHour: 5 }], 3]])
  })

  it('counts every row, invalid ones and duplicates too, and dry runs as well', async () => {
    const { asked, consumeQuota } = counting()
    const event = breachEvent({
      source: 'urn:a',
      data: { mode: 'dry_run', members: [{}, ...rows(1), ...rows(1)] },
    })
    await fanOut(event, { sources: { 'urn:a': { maxMembersPerHour: 5 } }, consumeQuota })
    expect(asked).toEqual([[expect.anything(), [{ name: 'source urn:a', maxPerHour: 5 }], 3]])
  })

  it('of the stage holds for every source, after its own, and for a stage that names no source', async () => {
    const { asked, consumeQuota } = counting()
    const given = { maxMembersPerHour: 9, consumeQuota }
    const ofStage = { name: 'stage all', maxPerHour: 9 }
    await fanOut(of('urn:a'), { ...given, sources: { 'urn:a': { maxMembersPerHour: 5 } } })
    await fanOut(of('urn:a'), { ...given, sources: { 'urn:a': {} } })
    await fanOut(of('urn:a'), given)
    expect(asked.map(([, quotas]) => quotas)).toEqual([
      [{ name: 'source urn:a', maxPerHour: 5 }, ofStage],
      [ofStage],
      [ofStage],
    ])
  })

  it.each([
    ["its source's", 0, 'its source 5 an hour'],
    ["the stage's", 1, '9 an hour'],
  ])('says in the dead letter that %s has no room', async (_, full, limit) => {
    const { consumeQuota } = counting(full)
    const given = { maxMembersPerHour: 9, sources: { 'urn:a': { maxMembersPerHour: 5 } }, consumeQuota }
    const { deadLetters } = await fanOut(of('urn:a'), given)
    expect(deadLetters[0]?.attributes).toMatchObject({
      'failure-code': 'over_hourly_limit',
      'failure-detail': `data.members: has 1 members, this stage allows ${limit}`,
    })
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
    const { asked, consumeQuota } = counting()
    await fanOut(event, { sources, consumeQuota })
    expect(asked).toEqual([])
  })

  it("fails the record and forwards nobody when it can't count", async () => {
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
