import type { Member, SessionsEvent, SessionsMember } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import type { MemberIds } from '../../lib/stytch/search.ts'
import type { Undone } from './ask.ts'

/** One person of an event whose sessions are to end. */
export type Person = {
  row: Member
  /** Of their first row in the event. Undefined in messages of older versions. */
  index: number | undefined
  /** The reset that their sessions end for, in ms since the epoch. */
  resetAt: number
  /** The members that earlier deliveries found them to be. */
  members: readonly KnownMember[]
  /** How many searches, in earlier deliveries, found nobody. */
  misses: number
}

/**
 * `revokedAt`: up to when sessions began before the revoke; left out before the first one. `clearBefore`: a read-back showed no session that
 * began before that. Both in ms since the epoch. `isAlive`: one was there all the same, so that they are to be revoked again.
 */
export type KnownMember = MemberIds & { revokedAt?: number; clearBefore?: number; isAlive?: true }

/**
 * The people of a message. `sentAt`: when it was sent, in ms since the epoch. Their reset was before that: if it says otherwise, its clock
 * was wrong, and it is lowered.
 */
export function readPeople(event: SessionsEvent, sentAt: number): Person[] {
  return groupByPerson(event.data.members, ({ email_address }) => email_address).flatMap((marked) =>
    marked.slice(0, 1).map(({ reset_at: _resetAt, found: _found, misses = 0, row_index: index, ...row }) => ({
      row,
      index,
      resetAt: Math.min(sentAt, ...marked.map(({ reset_at }) => Date.parse(reset_at))),
      members: marked.flatMap(({ found = [] }) => found.map(toKnownMember)),
      misses,
    })),
  )
}

/** The row of a person for the next message. */
export function toRow(person: Person): SessionsMember {
  const { resetAt, members, misses } = person
  const found = members.map(({ memberId, organizationId, revokedAt, clearBefore, isAlive }) => ({
    member_id: memberId,
    organization_id: organizationId,
    ...(revokedAt !== undefined && { revoked_at: toTimestamp(revokedAt) }),
    ...(clearBefore !== undefined && { clear_before: toTimestamp(clearBefore) }),
    ...(isAlive && { alive: isAlive }),
  }))
  const marks = { ...(found.length > 0 && { found }), ...(misses > 0 && { misses }) }
  return { ...toLetterRow(person), reset_at: toTimestamp(resetAt), ...marks }
}

/** The row of a person without what our own queues say of them. */
export function toLetterRow({ row, index }: Person): Member {
  return index === undefined ? row : { ...row, row_index: index }
}

function toKnownMember(found: FoundRow): KnownMember {
  const { member_id, organization_id, revoked_at, clear_before, alive } = found
  return {
    ...{ memberId: member_id, organizationId: organization_id },
    ...(revoked_at !== undefined && { revokedAt: Date.parse(revoked_at) }),
    ...(clear_before !== undefined && { clearBefore: Date.parse(clear_before) }),
    ...(alive && { isAlive: alive }),
  }
}

type FoundRow = NonNullable<SessionsMember['found']>[number]

function toTimestamp(at: number): string {
  return new Date(at).toISOString()
}

/**
 * How a person's turn ended. `ended`: no session that began before the revoke is left. `at`: since when that is known, of somebody covered only
 * if it was for this very event; in ms since the epoch. `unknown`: Stytch refused with a code that may be the
 * configuration's fault. `rest`: the person as the next message would carry them.
 */
export type Outcome =
  | { kind: 'ended'; at: number; requestId?: string | undefined }
  | { kind: 'skipped'; code: SkipCode; at?: number | undefined }
  | {
      kind: 'dead_lettered'
      code: LetterCode
      /** What Stytch said last. */
      reason: string
      detail: string
      rest: Person
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
  return { ...undone, kind: 'dead_lettered', code: 'sessions_refused', rest }
}
