import { describe, expect, it } from 'vitest'
import { findResume } from '../../../cli/send/options.ts'
import { toSent } from '../../../cli/send/run-send.ts'
import type { EventResult } from '../../../lib/producer/create-producer.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const events = Array.from({ length: 4 }, (_, index) => breachEvent({ id: `e${index}` }))
const results = (...statuses: EventResult['status'][]) =>
  statuses.map(
    (status) => ({ source: 's', id: 'e', members: 1, status, reason: '', messageId: '' }) as EventResult,
  )
const goesOnAt = (before: number, ...statuses: EventResult['status'][]) => {
  const { resume } = toSent(events, before, results(...statuses))
  return resume && findResume(events, resume)
}

describe('a send that ended before its end', () => {
  it('goes on with the first event that was not sent', () => {
    expect(goesOnAt(0, 'sent', 'sent', 'unsent', 'unsent')).toBe(2)
    expect(goesOnAt(1, 'sent', 'unsent', 'sent')).toBe(2)
  })

  it('does not pass over one that SQS refused', () => {
    expect(goesOnAt(0, 'sent', 'refused', 'sent', 'unsent')).toBe(1)
  })

  it('has nothing to go on with when all the others are sent, or to pass over when none is', () => {
    expect(goesOnAt(0, 'sent', 'refused', 'sent', 'sent')).toBeUndefined()
    expect(goesOnAt(0, 'unsent', 'unsent', 'unsent', 'unsent')).toBe('')
  })
})
