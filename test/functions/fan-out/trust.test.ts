import { describe, expect, it } from 'vitest'
import type { Sources } from '../../../functions/fan-out/config.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { endOf, fanOut, eventOf as of, rows } from './fan-out.ts'

const DRY = { mode: 'dry_run' }
const ENFORCE = { mode: 'enforce' }

describe('a stage that names its sources', () => {
  it.each<[string, Parameters<typeof of>, Sources, unknown]>([
    ['lets a named source through', ['urn:a'], { 'urn:a': {} }, [undefined]],
    ['lets no other through', ['urn:b'], { 'urn:a': {} }, 'source_not_allowed'],
    [
      'takes no name that every object has for a source',
      ['constructor'],
      { 'urn:a': {} },
      'source_not_allowed',
    ],
    [
      "holds whom it does not name to '*'",
      ['urn:b', { members: 4 }],
      { '*': { maxMembersPerEvent: 3 } },
      'over_limit',
    ],
    [
      "does not hold whom it names to '*'",
      ['urn:a'],
      { 'urn:a': {}, '*': { highestMode: 'dry_run' } },
      [undefined],
    ],
    [
      "lets who calls itself '*' be no exception",
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

  it('dead-letters the whole event as its producer sent it, with its fence and the limit that it broke', async () => {
    const event = of('urn:a', { members: 4 })
    const { deadLetters } = await fanOut(event, {
      sources: { 'urn:a': { maxMembersPerEvent: 3, highestMode: 'dry_run' } },
    })
    expect(JSON.parse(deadLetters[0]?.body ?? '')).toEqual({ ...event, fence: '2026-11-20T10:00:00.000Z' })
    expect(deadLetters[0]?.attributes?.['failure-detail']).toBe(
      'data.members: has 4 members, this stage allows its source 3',
    )
  })

  it('keeps in the letter of a bad row the mode that its producer sent', async () => {
    const event = breachEvent({ source: 'urn:a', data: { members: [{}] } })
    const { deadLetters } = await fanOut(event, { sources: { 'urn:a': { highestMode: 'dry_run' } } })
    expect(JSON.parse(deadLetters[0]?.body ?? '').data.mode).toBeUndefined()
  })
})

describe('a canary event, which is about nobody', () => {
  const consumeQuota = () => Promise.reject(new Error('counted'))

  it('is neither trusted nor counted', async () => {
    const event = canaryEvent('1', '2026-11-20T10:00:00Z')
    expect(await endOf(event, { 'urn:a': {} }, { consumeQuota })).toEqual([undefined])
    expect(await endOf(event, { '*': { maxMembersPerHour: 1 } }, { consumeQuota })).toEqual([undefined])
  })

  it('is under the brake of the stage', async () => {
    const event = canaryEvent('1', '2026-11-20T10:00:00Z')
    const members = Array(11).fill(event.data.members[0])
    expect(await endOf({ ...event, data: { ...event.data, members } }, { 'urn:a': {} })).toBe('over_limit')
  })

  it('is none when it names somebody', async () => {
    const event = canaryEvent('1', '2026-11-20T10:00:00Z')
    const members = [...event.data.members, ...rows(1)]
    const forged = { ...event, data: { ...event.data, members } }
    expect(await endOf(forged, { 'urn:a': {} })).toBe('source_not_allowed')
  })
})
