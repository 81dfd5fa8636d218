import type { OwedRow, ResetEvent } from '../../lib/contract/reset-event.ts'
import type { LedgerRow } from '../../lib/ledger/ledger-row.ts'
import type { Invocation } from './create-invocation.ts'
import type { Outcome } from './outcome.ts'

const UNAVAILABLE = { code: 'ledger_unavailable', delay: 'growing' } as const

export type RecordCall = ReturnType<typeof createRecordCall>

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
      return { kind: 'left_over', stop: UNAVAILABLE, owed, requestId: request_id }
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
