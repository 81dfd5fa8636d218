import { CANARY_SOURCE } from '../../lib/contract/canary-event.ts'
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

/** Logs one line per person and counts the outcomes, after everything they say is durable. `now` in ms since the epoch. */
export function reportResults(
  observe: Observe,
  event: ResetEvent,
  results: readonly Result[],
  now: number,
): void {
  const triedFor = event.firsttriedat === undefined ? 0 : now - Date.parse(event.firsttriedat)
  for (const { person, outcome } of results) {
    observe.measure(METRIC[outcome.kind], 1)
    if (outcome.kind === 'left_over') observe.measure('MemberWaitingMs', triedFor)
    else observe.measure('MemberSucceeded', outcome.kind === 'failed' ? 0 : 1)
    if (event.source === CANARY_SOURCE && provesTheWay(outcome, event)) observe.measure('CanaryPassed', 1)
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

/** As far as the stage's mode lets it be proved: a dry run calls nobody. One that the event itself asks for proves nothing. */
function provesTheWay(outcome: Result['outcome'], { data: { mode } }: ResetEvent): boolean {
  if (outcome.kind !== 'skipped') return false
  return outcome.code === 'not_a_member' || (outcome.code === 'dry_run' && mode !== 'dry_run')
}

function describe(outcome: Result['outcome']): Pick<OutcomeLine, 'outcome' | 'code'> {
  if (outcome.kind === 'reset') return { outcome: 'reset' }
  if (outcome.kind === 'skipped') return { outcome: 'skipped', code: outcome.code }
  if (outcome.kind === 'failed') return { outcome: 'dead_lettered', code: outcome.code }
  return { outcome: 'sent_on', code: outcome.stop.code }
}
