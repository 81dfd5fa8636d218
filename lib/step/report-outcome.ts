import type { StepEvent } from '../contract/breach-event.ts'
import { eventIdentity, type Observe } from '../observability/observe.ts'

/** How the turn of a person ended. `key`: their pseudonym, once it is known. `code`: why they were skipped or dead-lettered. */
type Ended = {
  key: string | undefined
  organizationId: string | undefined
  outcome: {
    kind: keyof typeof METRICS
    code?: string
    stop?: { code: string }
    requestId?: string | undefined
  }
}

const METRICS = {
  reset: 'MembersReset',
  ended: 'SessionsEnded',
  skipped: 'MembersSkipped',
  dead_lettered: 'MembersDeadLettered',
  deferred: 'MembersDeferred',
} as const

/** Counts how a person's turn ended and logs one line about it. Only once everything that it says is durable. */
export function reportOutcome(
  { observe, now }: { observe: Observe; now: () => number },
  event: StepEvent,
  { key, organizationId, outcome }: Ended,
): void {
  const { kind, stop, code = stop?.code, requestId } = outcome
  const triedForMs = event.firsttriedat === undefined ? 0 : now() - Date.parse(event.firsttriedat)
  observe.measure(METRICS[kind], 1)
  if (kind === 'deferred') observe.measure('MemberWaitingMs', triedForMs)
  else observe.measure('MemberSucceeded', kind === 'dead_lettered' ? 0 : 1)
  observe.outcome({
    ...eventIdentity(event),
    person: key,
    organization_id: organizationId,
    outcome: kind,
    code,
    stytch_request_id: requestId,
    attempts: event.attempts || undefined,
  })
}
