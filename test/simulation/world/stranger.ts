import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import type { ForgedLetter } from '../scenario/scenario.ts'
import type { World } from './world.ts'

const MOMENT = '2026-11-20T11:00:00.000Z'

/** Schedules the letters of somebody whose own queue has our dead-letter queue as its own, which any queue of the account can. */
export function scheduleForgedLetters({ scenario, timeline, queues, startedAt, people }: World): void {
  for (const letter of scenario.forgedLetters)
    timeline.at(startedAt + letter.at, () =>
      queues['dead-letter'].send({
        ...{ by: 'a stranger', sender: 'stranger' },
        body: toBody(letter, people.emailOf(letter.person)),
        attributes: letter.as === 'with a reason' ? REASON : {},
      }),
    )
}

const REASON = {
  ...{ 'failure-code': 'over_hourly_limit', redrive: 'again' },
  'failed-at': MOMENT,
}

function toBody({ as }: ForgedLetter, email_address: string): string {
  const event = {
    ...{ specversion: '1.0', type: BREACH_EVENT_TYPE, source: 'urn:even', id: 'forged', time: MOMENT },
    data: { reason: 'manual', members: [{ email_address, row_index: 0, reset_at: MOMENT }] },
  }
  const between = { fence: MOMENT, sentat: MOMENT, attempts: 0, resetrun: 'breach-1' }
  return JSON.stringify(as === 'for a step' ? { ...event, ...between } : event)
}
