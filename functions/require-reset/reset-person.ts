import type { OwedRow, ResetEvent } from '../../lib/contract/breach-event.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { callStytch, type UncertainAnswer } from '../../lib/step/call-stytch.ts'
import { type Calls, LEDGER_UNAVAILABLE } from '../../lib/step/invocation.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { judgeReset, type ResetVerdict } from '../../lib/stytch/require-reset.ts'
import type { Environment } from './environment.ts'
import { afterRows, namesIds, type Outcome, owing, type Person } from './person.ts'

/** A person who is to be reset. `key`: their pseudonym in the ledger. `sentAt`: when their message was sent, in ms since the epoch. */
export type ResetRequest = {
  person: Person
  key: string
  event: ResetEvent
  sentAt: number
  credentials: Credentials
  invocation: Calls
}

/**
 * Resets a person who is not covered. An owed ledger row is written without a call; otherwise row after row is called until one
 * names the person, and what the call did is recorded.
 */
export async function resetPerson(environment: Environment, request: ResetRequest): Promise<Outcome> {
  const { person, key, sentAt, credentials, invocation } = request
  if (person.owed) return recordReset(environment, request, person.owed)

  let { uncertain } = person
  let notFound = { code: 'email_not_found', requestId: undefined as string | undefined }
  for (const [tried, row] of person.rows.entries()) {
    const call = {
      ask: (used: Credentials) => environment.requireReset(row, used),
      judge: (answer: Answer, now: number) => judgeReset(answer, row, now),
    }
    const result = await callStytch(environment, call, credentials, invocation, (answer) => {
      uncertain = true
      return recordUncertain(environment, request, answer)
    })
    if (result.kind === 'none') {
      const rest = { ...afterRows(person, tried), uncertain }
      return { kind: 'deferred', stop: result.stop, rest, requestId: result.requestId }
    }
    const { verdict, startedAt } = result
    const { requestId } = verdict
    measureNaming(environment, verdict)
    if (verdict.kind === 'reset' || verdict.kind === 'no_password') {
      const reset_at = new Date(Math.max(startedAt, sentAt)).toISOString()
      const owed = { person: key, outcome: verdict.kind, reset_at, request_id: requestId }
      return recordReset(environment, request, owed)
    }
    if (verdict.kind !== 'not_found') {
      const unknown = verdict.kind === 'refused' && verdict.unknown
      return { kind: 'dead_lettered', code: verdict.code, unknown, uncertain, requestId }
    }
    notFound = { code: verdict.code, requestId }
  }
  return namesIds(person) || notFound.code !== 'email_not_found'
    ? { kind: 'dead_lettered', uncertain, ...notFound }
    : { kind: 'skipped', code: 'not_a_member', requestId: notFound.requestId }
}

/** Says of each 2xx whether it named the person. */
function measureNaming({ observe }: Environment, verdict: ResetVerdict): void {
  if (verdict.kind === 'reset') observe.measure('StytchNamedNobody', verdict.namesNobody ? 1 : 0)
  if (verdict.kind === 'unusable') observe.measure('StytchNamedNobody', 0)
}

/** Resolves to the outcome once the reset is in the ledger. If it can't be written, the row is owed and travels on. */
async function recordReset(environment: Environment, request: ResetRequest, owed: OwedRow): Promise<Outcome> {
  const { person: key = request.key, outcome, reset_at, request_id: requestId } = owed
  const { source, id: eventId } = request.event
  const at = Date.parse(reset_at)
  const row = { person: key, at, outcome, source, eventId, requestId }
  const isRecorded = await write(environment, request, () => environment.ledgerWriter.write(row))
  if (!isRecorded) {
    return { kind: 'deferred', stop: LEDGER_UNAVAILABLE, rest: owing(request.person, owed), requestId }
  }
  return outcome === 'reset'
    ? { kind: 'reset', at, requestId }
    : { kind: 'skipped', code: 'no_password', at, requestId }
}

/** Notes that a call may have reset the password without saying so. */
async function recordUncertain(
  environment: Environment,
  request: ResetRequest,
  { kind, code, requestId, startedAt }: UncertainAnswer,
): Promise<void> {
  const { key: person, event, sentAt } = request
  const at = Math.max(startedAt, sentAt)
  const call = { person, kind, at, code, source: event.source, eventId: event.id, requestId }
  await write(environment, request, () => environment.writeUncertain(call))
}

/** Resolves to whether `writing` was done. After a failed write nobody else is called: what is called must be recorded. */
async function write(
  { observe }: Environment,
  { invocation }: ResetRequest,
  writing: () => Promise<void>,
): Promise<boolean> {
  try {
    await writing()
    return true
  } catch (error) {
    reportUnavailable(observe, 'ledger unavailable', error)
    invocation.stop(LEDGER_UNAVAILABLE)
    return false
  }
}
