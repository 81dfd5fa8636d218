import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import type { Produced, Row } from './scenario.ts'

/** What a producer puts on the queue; moments in ms since the epoch. The stolen password in it must never come out again. */
export function toBody(
  { kind, rows, clockOff, exposedBefore, expiresAfter, mode }: Produced,
  context: { number: number; start: number; lastCallAt: number; emailOf: (person: number) => string },
): string {
  const { number, start, lastCallAt, emailOf } = context
  if (kind === 'rubbish') return `{"breach": "canary-rubbish ${emailOf(0)}"`
  const instant = (ms: number) => new Date(ms).toISOString()
  const detectedAt = start + clockOff
  const event = JSON.stringify({
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: number % 2 === 0 ? 'urn:even' : 'urn:odd',
    id: `event-${number >> 1}`,
    time: instant(detectedAt),
    ...(expiresAfter !== undefined && { expirytime: instant(start + expiresAfter) }),
    data: {
      reason: 'infostealer',
      ...(exposedBefore !== undefined && {
        exposed_at: instant(exposedBefore === 'at the last call' ? lastCallAt : start - exposedBefore),
      }),
      ...(mode && { mode }),
      members: rows.map((row) => toMember(row, emailOf)),
    },
  })
  return kind === 'event' ? event : JSON.stringify({ Type: 'Notification', Message: event })
}

function toMember(row: Row, emailOf: (person: number) => string) {
  if (row === 'bad') return { email_address: 'canary without an at sign' }
  const { person, ids } = row
  const email_address = person % 2 === 0 ? emailOf(person) : emailOf(person).toUpperCase()
  const stolen = { password: 'canary-stolen-password' }
  if (ids === 'none') return { email_address, ...stolen }
  const member_id = ids === 'right' ? `member-test-p${person}` : 'member-test-of-somebody-else'
  return { email_address, member_id, ...stolen }
}
