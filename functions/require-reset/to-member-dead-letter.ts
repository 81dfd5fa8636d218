import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import type { OutgoingMessage } from '../../lib/queue/outgoing-message.ts'
import { toDeadLetter } from '../../lib/queue/to-dead-letter.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'
import { isUncertain } from './is-uncertain.ts'
import type { Outcome, Person } from './outcome.ts'

export type FailedMember = { person: Person; outcome: Extract<Outcome, { kind: 'failed' }> }

const DETAILS = new Map([
  ['expired', 'expirytime: passed before this member was called'],
  ['invalid_response', 'answered 200 with an unusable body'],
  ['response_mismatch', 'the answer was about somebody else'],
])
const UNCERTAIN = 'the reset may have happened, check before redriving'

/** The dead letter of one person: a breach event that can be redriven as it is, without what only the reset queue may say. */
export function toMemberDeadLetter(
  event: ResetEvent,
  { person, outcome }: FailedMember,
  now: number,
): OutgoingMessage {
  const { attempts, firsttriedat: _firsttriedat, ...breachEvent } = event
  const members = person.rows.map(({ owed: _, idstried: _idstried, uncertain: _uncertain, ...row }) => row)
  const detail = outcome.detail ?? DETAILS.get(outcome.code)
  const uncertain = isUncertain({ person, outcome }) ? UNCERTAIN : undefined
  const body = toMessageBody({ ...breachEvent, data: { ...event.data, members } })
  return toDeadLetter(
    body,
    {
      code: outcome.code,
      detail: [detail, uncertain].filter(Boolean).join(': '),
      stytchRequestId: outcome.requestId,
      attempts: attempts + 1,
      event,
    },
    now,
  )
}
