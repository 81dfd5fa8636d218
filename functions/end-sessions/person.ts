import type { Member, SessionsEvent, SessionsMember } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import type { Stop } from '../../lib/step/invocation.ts'
import type { Undone } from './ask.ts'

/** One person of an event whose sessions are to end. */
export type Person = {
  row: Member
  /** The reset that their sessions end for, in ms since the epoch. */
  resetAt: number
  /** Ids of their members whose sessions have ended in earlier deliveries. */
  ended: readonly string[]
}

/**
 * The people of a message. `sentAt`: when it was sent, in ms since the epoch. Their reset was before that: if it says otherwise, its clock
 * was wrong, and it is lowered.
 */
export function readPeople(event: SessionsEvent, sentAt: number): Person[] {
  return groupByPerson(event.data.members, ({ email_address }) => email_address).flatMap((marked) =>
    marked.slice(0, 1).map(({ reset_at: _resetAt, ended: _ended, ...row }) => ({
      row,
      resetAt: Math.min(sentAt, ...marked.map(({ reset_at }) => Date.parse(reset_at))),
      ended: marked.flatMap(({ ended = [] }) => ended),
    })),
  )
}

/** The row of a person for the next message. */
export function toRow({ row, resetAt, ended }: Person): SessionsMember {
  return { ...row, reset_at: new Date(resetAt).toISOString(), ...(ended.length > 0 && { ended: [...ended] }) }
}

/**
 * How a person's turn ended. `ended`: no session that began before the revoke is left. `unknown`: Stytch refused with a code that may be the
 * configuration's fault. `rest`: a deferred person as the next message carries them.
 */
export type Outcome =
  | { kind: 'ended'; requestId?: string | undefined }
  | { kind: 'skipped'; code: SkipCode; requestId?: string | undefined }
  | {
      kind: 'dead_lettered'
      code: LetterCode
      /** What Stytch said last. */
      reason: string
      detail: string
      unknown?: boolean
      requestId?: string | undefined
    }
  | { kind: 'deferred'; stop: Stop; rest: Person; requestId?: string | undefined }

export type SkipCode = 'sessions_covered' | 'no_member_found' | 'dry_run'
export type LetterCode = 'sessions_alive' | 'sessions_not_ended' | 'sessions_refused'

/** `key`: the person's pseudonym in ledger and logs; undefined while the ledger key can't be read. */
export type Result = { person: Person; key: string | undefined; outcome: Outcome }

export function asDeferred(rest: Person, stop: Stop, requestId?: string): Outcome {
  return { kind: 'deferred', stop, rest, requestId }
}

/** The outcome of somebody for whom something was not done. */
export function asUndone(rest: Person, undone: Undone): Outcome {
  if (undone.kind !== 'refused') return asDeferred(rest, undone.stop, undone.requestId)
  return { ...undone, kind: 'dead_lettered', code: 'sessions_refused' }
}
