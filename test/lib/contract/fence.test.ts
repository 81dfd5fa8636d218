import { describe, expect, it } from 'vitest'
import { computeFence } from '../../../lib/contract/fence.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const SENT = '2026-11-20T10:00:05.000Z'

describe('computeFence', () => {
  it.each([
    ['time, when nothing says when the credentials were captured', {}, '2026-11-20T10:00:00.000Z'],
    ['exposed_at', { exposed_at: '2026-11-18T07:00:00+01:00' }, '2026-11-18T06:00:00.000Z'],
    ['the end of a bare date', { exposed_at: '2026-11-18' }, '2026-11-18T23:59:59.999Z'],
    [
      'time, for a bare date on the day of detection',
      { exposed_at: '2026-11-20' },
      '2026-11-20T10:00:00.000Z',
    ],
    ['the sending, when exposed_at is later', { exposed_at: '2026-11-20T10:04:00Z' }, SENT],
  ])('is %s', (_, data, fence) => {
    expect(computeFence(breachEvent({ data }), Date.parse(SENT))).toBe(fence)
  })

  it('is the sending when the clock of the source is ahead', () => {
    expect(computeFence(breachEvent({ time: '2026-11-20T10:03:00Z' }), Date.parse(SENT))).toBe(SENT)
  })

  it('is only ever lowered by the fence of a dead letter', () => {
    const redriven = (fence: string) => computeFence(breachEvent({ fence }), Date.parse(SENT))
    expect(redriven('2026-11-20T09:57:00.000Z')).toBe('2026-11-20T09:57:00.000Z')
    expect(redriven('2026-11-29T00:00:00.000Z')).toBe('2026-11-20T10:00:00.000Z')
  })

  it('is not lowered by the fence of another event, copied along with a dead letter', () => {
    const event = breachEvent({ fence: '2026-11-01T00:00:00.000Z' })
    expect(computeFence(event, Date.parse(SENT))).toBe('2026-11-20T10:00:00.000Z')
  })
})
