import type { Member, OwedRow, ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'

/** One person of an event, and what earlier deliveries found out about them. */
export type Person = {
  /** The event's distinct rows with this person's e-mail, without those already called that named nobody. */
  rows: readonly Member[]
  /** Of their first row in the event. Undefined in messages of older versions. */
  index: number | undefined
  /** A reset that happened and has no ledger row yet: the row must be written, the call must not be repeated. */
  owed: OwedRow | undefined
  /** A call may have reset the password without saying so. */
  uncertain: boolean
  /** A row that is gone from `rows` named ids. Only then is "not found" a mistake of the event. */
  idsTried: boolean
}

/** The people of a message, with the marks that earlier deliveries put on their rows. */
export function readPeople(event: ResetEvent): Person[] {
  return groupByPerson(event.data.members, (row) => row.email_address).map((marked) => ({
    rows: marked.map(
      ({ owed: _owed, idstried: _idstried, uncertain: _uncertain, row_index: _index, ...row }) => row,
    ),
    index: marked.find(({ row_index }) => row_index !== undefined)?.row_index,
    owed: marked.find((row) => row.owed)?.owed,
    uncertain: marked.some((row) => row.uncertain),
    idsTried: marked.some((row) => row.idstried),
  }))
}

/** The rows of a person for the next message. Their first row carries the marks. */
export function toRows(person: Person): ResetMember[] {
  const { owed, uncertain, idsTried } = person
  const marks = {
    ...(owed && { owed }),
    ...(idsTried && { idstried: true }),
    ...(uncertain && { uncertain }),
  }
  return toLetterRows(person).map((row, position) => (position === 0 ? { ...row, ...marks } : row))
}

/** The rows of a person without the marks of earlier deliveries. */
export function toLetterRows({ rows, index }: Person): Member[] {
  return rows.map((row, position) =>
    position === 0 && index !== undefined ? { ...row, row_index: index } : row,
  )
}

/** A person whose reset happened. One row is enough to write the ledger row. */
export function owing(person: Person, owed: OwedRow): Person {
  return { ...person, rows: person.rows.slice(0, 1), owed }
}

/** A person without the first `count` rows, which were called and named nobody. */
export function afterRows(person: Person, count: number): Person {
  const idsTried = person.idsTried || person.rows.slice(0, count).some(hasIds)
  return { ...person, rows: person.rows.slice(count), idsTried }
}

/** Whether the event named ids for the person, in a row they still have or in one called before. */
export function namesIds({ rows, idsTried }: Person): boolean {
  return idsTried || rows.some(hasIds)
}

function hasIds(row: Member): boolean {
  return Boolean(row.organization_id || row.member_id)
}

/**
 * How a person's turn ended. `at`: start of the call that covers the person, in ms since the epoch. `own`: what that call did, if it was
 * made for this very event. `unknown`: Stytch refused with a
 * code that may be the configuration's fault. `rest`: a deferred person as the next message carries them.
 */
export type Outcome =
  | { kind: 'reset'; at: number; requestId?: string | undefined }
  | {
      kind: 'skipped'
      code: SkipCode
      at?: number
      own?: string | undefined
      requestId?: string | undefined
    }
  | {
      kind: 'dead_lettered'
      code: string
      detail?: string
      uncertain: boolean
      unknown?: boolean
      requestId?: string | undefined
    }
  | { kind: 'deferred'; stop: Stop; rest: Person; requestId?: string | undefined }

export type SkipCode = 'covered' | 'no_password' | 'not_a_member' | 'dry_run'

/** `key`: the person's pseudonym in ledger and logs; undefined while the ledger key can't be read. */
export type Result = { person: Person; key: string | undefined; outcome: Outcome }
