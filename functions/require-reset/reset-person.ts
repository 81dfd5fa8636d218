import type { OwedRow, ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import type { LedgerRow } from '../../lib/ledger/ledger.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { CallMember } from './call-member.ts'
import type { Outcome } from './outcome.ts'
import type { Invocation } from './stop-calling.ts'

export type ResetPerson = (
  person: { key: string; rows: readonly ResetMember[] },
  event: ResetEvent,
  credentials: Credentials,
  invocation: Invocation,
) => Promise<Outcome>

/**
 * Returns the step for one person who is not covered: an owed ledger row is written without a call;
 * otherwise row after row is called until one names the person, and what it did is recorded.
 */
export function createResetPerson(deps: { callMember: CallMember; recordCall: RecordCall }): ResetPerson {
  return async function resetPerson({ key, rows }, event, credentials, invocation) {
    const owed = rows.find((row) => row.owed)?.owed
    if (owed) return deps.recordCall.settled(owed, key, event, invocation)

    let uncertain = rows.some((row) => row.uncertain)
    let notFound = { code: 'email_not_found', requestId: undefined as string | undefined }
    for (const [tried, row] of rows.entries()) {
      const result = await deps.callMember(row, credentials, invocation, (call) => {
        uncertain = true
        return deps.recordCall.uncertain(call, key, event, invocation)
      })
      if (result.kind === 'none')
        return { kind: 'deferred', stop: result.stop, tried, uncertain, requestId: result.requestId }
      const { verdict, startedAt } = result
      const { requestId } = verdict
      if (verdict.kind === 'reset' || verdict.kind === 'no_password') {
        const reset_at = new Date(startedAt).toISOString()
        const row = { outcome: verdict.kind, reset_at, request_id: requestId }
        return deps.recordCall.settled(row, key, event, invocation)
      }
      if (verdict.kind !== 'not_found') {
        const unknown = verdict.kind === 'refused' && verdict.unknown
        return { kind: 'failed', code: verdict.code, unknown, uncertain, requestId }
      }
      notFound = { code: verdict.code, requestId }
    }
    return rows.some(namesIds) || notFound.code !== 'email_not_found'
      ? { kind: 'failed', uncertain, ...notFound }
      : { kind: 'skipped', code: 'not_a_member', requestId: notFound.requestId }
  }
}

const UNAVAILABLE = { code: 'ledger_unavailable', delay: 'growing' } as const

type RecordCall = ReturnType<typeof createRecordCall>

/** Returns how calls get into the ledger. After a failed write nothing more is called: what is called must be recorded. */
export function createRecordCall(deps: {
  writeRow: (row: LedgerRow) => Promise<void>
  onFailure: (error: unknown) => void
}) {
  async function write(row: LedgerRow, invocation: Invocation): Promise<boolean> {
    try {
      await deps.writeRow(row)
      return true
    } catch (error) {
      deps.onFailure(error)
      invocation.stop(UNAVAILABLE)
      return false
    }
  }

  /** Resolves to the outcome once its row is durable. If it can't be written, the row is owed and travels on. */
  async function settled(
    { outcome, reset_at, request_id }: OwedRow,
    person: string,
    event: ResetEvent,
    invocation: Invocation,
  ): Promise<Outcome> {
    const at = Date.parse(reset_at)
    const identity = { person, source: event.source, eventId: event.id, requestId: request_id }
    const durable = await write({ ...identity, kind: 'reset', at, outcome }, invocation)
    if (!durable) {
      const owed = { outcome, reset_at, request_id }
      return { kind: 'deferred', stop: UNAVAILABLE, owed, requestId: request_id }
    }
    return outcome === 'reset'
      ? { kind: 'reset', at, requestId: request_id }
      : { kind: 'skipped', code: 'no_password', at, requestId: request_id }
  }

  /** Leaves an uncertain row: the call may have reset the password without saying so. */
  async function uncertain(
    call: { code: string; requestId: string | undefined; startedAt: number },
    person: string,
    event: ResetEvent,
    invocation: Invocation,
  ): Promise<void> {
    const { code: outcome, requestId, startedAt: at } = call
    await write(
      { person, kind: 'uncertain', at, outcome, source: event.source, eventId: event.id, requestId },
      invocation,
    )
  }

  return { settled, uncertain }
}

/** Whether the event named ids for this person, in this row or in one that was tried before. Only then is "not found" a mistake. */
export function namesIds(row: ResetMember): boolean {
  return Boolean(row.organization_id || row.member_id || row.idstried)
}
