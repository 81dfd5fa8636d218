/**
 * A row of the reset ledger. It holds no personal data: the person is an HMAC.
 * `reset` covers: that person's password was killed, or known to be absent, at `at` (ms since the epoch, start of the call).
 * `uncertain` does not cover: a call was made and not answered, or not usably; it is for the operator and for counting.
 * The two live side by side, so that an uncertain call never hides an earlier reset.
 */
export type LedgerRow = {
  person: string
  kind: 'reset' | 'uncertain'
  at: number
  outcome: string
  source: string
  eventId: string
  requestId?: string | undefined
}
