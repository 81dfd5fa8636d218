import type { SessionsEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import type { End } from '../../lib/progress/fact.ts'
import { sendDeadLetters } from '../../lib/queue/dead-letter.ts'
import { toPersonLetter } from '../../lib/step/dead-letters.ts'
import { reportOutcome } from '../../lib/step/report-outcome.ts'
import type { Settled } from '../../lib/step/settle-batch.ts'
import { isHorizonOver, sendDeferred } from '../../lib/step/smaller-events.ts'
import type { Environment } from './environment.ts'
import { type Person, type Result, toLetterRow, toRow } from './person.ts'

/**
 * The last step before the acknowledgement. Everyone whose sessions ended is in the ledger by now. First the dead letters are sent, then
 * the deferred people as smaller events; then the outcomes are reported. Resolves to what is settled. Rejects when something could not be
 * sent.
 */
export async function settlePeople(
  environment: Environment,
  event: SessionsEvent,
  decided: readonly Result[],
): Promise<Settled> {
  const { config, now } = environment
  const results = isHorizonOver(event, environment) ? decided.map(giveUp) : decided
  await sendDeadLetters(
    environment,
    results.flatMap(({ person, outcome }) =>
      outcome.kind === 'dead_lettered' ? [toPersonLetter(event, [toLetterRow(person)], outcome, now())] : [],
    ),
  )
  await sendDeferred(
    environment,
    config.sessionsQueueUrl,
    event,
    results.flatMap(({ outcome }) =>
      outcome.kind === 'deferred' ? [{ stop: outcome.stop, rows: [toRow(outcome.rest)] }] : [],
    ),
  )
  for (const result of results) report(environment, event, result)
  return { event, ends: results.flatMap(toEnds), passedOn: [] }
}

/** How a person ended. Covered by what was done for this very event: as that, in an earlier delivery of the message or of its event. */
function toEnds({ person: { index }, outcome }: Result): End[] {
  if (index === undefined || outcome.kind === 'deferred') return []
  const { kind } = outcome
  const at = kind === 'dead_lettered' ? undefined : outcome.at
  if (at !== undefined) return [{ index, kind: 'ended', code: 'ended', at }]
  return kind === 'ended' ? [] : [{ index, kind, code: outcome.code }]
}

/** Tried for longer than the horizon: dead-lettered with the last reason. Not while calls are paused: a skipped call is not an attempt. */
function giveUp(result: Result): Result {
  const { outcome } = result
  if (outcome.kind !== 'deferred' || outcome.stop.untried) return result
  const { stop, rest, requestId } = outcome
  const reason = stop.code
  const code = reason === 'sessions_alive' ? reason : 'sessions_not_ended'
  const detail = `${reason}: still failing when the retry horizon ended`
  return { ...result, outcome: { kind: 'dead_lettered', code, reason, detail, rest, requestId } }
}

function report(environment: Environment, event: SessionsEvent, { person, key, outcome }: Result): void {
  const { observe, now } = environment
  reportOutcome(environment, event, { key, organizationId: person.row.organization_id, outcome })
  const isOpenOrEnded = outcome.kind === 'ended' || outcome.kind === 'deferred'
  if (isOpenOrEnded && wasResetBy(event, person))
    observe.measure('ResetToSessionsEndedMs', now() - person.resetAt)
  const isProof = outcome.kind === 'skipped' && outcome.code === 'no_member_found'
  if (isProof && isCanary(event.source, event.data.members)) observe.measure('CanaryPassed', 1)
}

/** Whether the reset is younger than the message that fan-out accepted. Somebody who was covered may have been reset long ago. */
function wasResetBy({ sentat }: SessionsEvent, { resetAt }: Person): boolean {
  return sentat !== undefined && resetAt >= Date.parse(sentat)
}
