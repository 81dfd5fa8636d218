/**
 * The one log line per member outcome: everything an operator or a producer may know, and no personal data.
 * `person` is the ledger's HMAC; before that key is at hand, `member` is the row's index in the event.
 */
export type OutcomeLine = {
  event_source: string
  event_id: string
  correlation_id?: string | undefined
  outcome: 'reset' | 'skipped' | 'dead_lettered' | 'sent_on'
  code?: string | undefined
  person?: string | undefined
  member?: number | undefined
  organization_id?: string | undefined
  stytch_request_id?: string | undefined
  attempts?: number | undefined
}
