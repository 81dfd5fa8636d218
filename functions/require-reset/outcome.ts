import type { OwedRow, ResetMember } from '../../lib/contract/breach-event.ts'

/** One person of an event: all distinct rows with the same e-mail. `key` is the ledger's HMAC, undefined while it can't be known. */
export type Person = { key: string | undefined; rows: readonly ResetMember[] }

/**
 * Why nothing more is called, or a member is left over, and when to try again: at once, after a growing delay
 * (`retryAfterMs` if Stytch asked for one), or after the longest delay SQS has.
 * `untried`: nobody was called to find that out, so that it gives nobody up.
 */
export type Stop = {
  code: string
  delay: 'none' | 'growing' | 'longest'
  retryAfterMs?: number | undefined
  untried?: true
}

/**
 * How a person's turn ended. `at`: start of the call that covers the person, in ms since the epoch.
 * `tried`: how many of the person's rows are known to name nobody. `uncertain`: a call may have reset the password without saying so.
 */
export type Outcome =
  | { kind: 'reset'; at: number; requestId?: string | undefined }
  | { kind: 'skipped'; code: SkipCode; at?: number | undefined; requestId?: string | undefined }
  | {
      kind: 'failed'
      code: string
      detail?: string
      unknown?: boolean
      uncertain?: boolean | undefined
      requestId?: string | undefined
    }
  | {
      kind: 'deferred'
      stop: Stop
      owed?: OwedRow
      tried?: number
      uncertain?: boolean | undefined
      requestId?: string | undefined
    }

export type SkipCode = 'covered' | 'no_password' | 'not_a_member' | 'dry_run'

export type Result = { person: Person; outcome: Outcome }

/** Whether a call for the person, in this delivery or in an earlier one, may have reset the password without saying so. */
export function isUncertain({ person, outcome }: { person: Person; outcome: Outcome }): boolean {
  const known = 'uncertain' in outcome ? outcome.uncertain : undefined
  return known ?? person.rows.some((row) => row.uncertain)
}
