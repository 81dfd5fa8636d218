import type { ResetEvent, ResetMember } from '../../lib/contract/reset-event.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { CallMember } from './call-member.ts'
import type { Invocation } from './create-invocation.ts'
import { namesIds } from './names-ids.ts'
import type { Outcome } from './outcome.ts'
import type { RecordCall } from './record-call.ts'

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
        return { kind: 'left_over', stop: result.stop, tried, uncertain, requestId: result.requestId }
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
