import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import { eventIdentity } from '../../lib/observability/event-identity.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { OutcomeLine } from '../../lib/observability/outcome-line.ts'
import type { Result } from './outcome.ts'

const METRIC = {
  reset: 'MembersReset',
  skipped: 'MembersSkipped',
  failed: 'MembersDeadLettered',
  left_over: 'MembersSentOn',
} as const

/** Logs one line per person and counts the outcomes, after everything they say is durable. */
export function reportResults(observe: Observe, event: ResetEvent, results: readonly Result[]): void {
  for (const { person, outcome } of results) {
    observe.measure(METRIC[outcome.kind], 1)
    if (outcome.kind === 'reset') observe.measure('DetectionToResetMs', outcome.at - Date.parse(event.time))
    observe.outcome({
      ...eventIdentity(event),
      person: person.key,
      organization_id: person.rows[0]?.organization_id,
      ...describe(outcome),
      stytch_request_id: outcome.requestId,
      attempts: event.attempts || undefined,
    })
  }
}

function describe(outcome: Result['outcome']): Pick<OutcomeLine, 'outcome' | 'code'> {
  if (outcome.kind === 'reset') return { outcome: 'reset' }
  if (outcome.kind === 'skipped') return { outcome: 'skipped', code: outcome.code }
  if (outcome.kind === 'failed') return { outcome: 'dead_lettered', code: outcome.code }
  return { outcome: 'sent_on', code: outcome.stop.code }
}
