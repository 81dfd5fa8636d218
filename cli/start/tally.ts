import type { SimulatorCall } from '../../infra/local/stytch/calls.ts'
import { MemberSchema, type UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { normalizeEmail } from '../../lib/contract/person.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import type { DeadLetter } from './dead-letters.ts'

/** How one row of an event ended, as seen from outside. `missing`: no trace of it, which must never happen. */
export type RowEnd = {
  kind: 'reset' | 'skipped' | 'dead_lettered' | 'missing'
  code: string
  email: string | undefined
  /** Of a person who was passed on to end-sessions. */
  sessions?: SessionsEnd
}

/** How end-sessions ended with a person. `missing`: no trace of it, which must never happen. */
export type SessionsEnd = { kind: 'ended' | 'skipped' | 'dead_lettered' | 'missing'; code: string }

/**
 * What one delivery left behind: Stytch's own records, the dead-letter queue, and from the logs who was skipped and why, and how
 * end-sessions ended, by `event id person`. `sessionEnds` is undefined in a stage without end-sessions.
 */
export type Traces = {
  calls: readonly SimulatorCall[]
  deadLetters: readonly DeadLetter[]
  skips: ReadonlyMap<string, string>
  sessionEnds?: ReadonlyMap<string, string> | undefined
}

/**
 * Returns a function that finds how each row of an event ended: on the dead-letter queue; else reset, by Stytch's records;
 * else skipped, by the logs. It goes by person, not by totals, and does not trust the functions' counters. A dead letter of end-sessions
 * says nothing about the reset, which was certain before.
 */
export function createTally(
  { calls, deadLetters, skips, sessionEnds }: Traces,
  personKey: (email: string) => string,
): (event: UncheckedBreachEvent) => RowEnd[] {
  const lettersOf = groupBy(deadLetters, ({ eventId }) => eventId)
  const reset = new Set<string>()
  for (const { effect, email } of calls) if (effect !== 'none') reset.add(email)

  return (event) => {
    const { members: rows } = event.data
    const all = lettersOf.get(event.id) ?? []
    const letters = all.filter(({ ofSessions }) => !ofSessions)
    const wholeEvent = letters.find((letter) => letter.rows.length === rows.length)
    const badRows = groupBy(
      letters.flatMap(({ code, rows }) => rows.map((row) => ({ code, text: JSON.stringify(row) }))),
      ({ text }) => text,
    )
    const refused = codesByEmail(letters)
    const stillOpen = codesByEmail(all.filter(({ ofSessions }) => ofSessions))
    const seen = new Set<string>()
    return rows.map((row) => {
      const email = emailOf(row)
      if (wholeEvent) return { kind: 'dead_lettered', code: wholeEvent.code, email }
      if (email === undefined) return badRow(badRows.get(JSON.stringify(row))?.pop()?.code)
      if (seen.has(email)) return { kind: 'skipped', code: 'duplicate', email }
      seen.add(email)
      const end = endOf(event.id, email, refused.get(email))
      if (!sessionEnds || !isPassedOn(end)) return end
      const said = sessionEnds.get(`${event.id} ${personKey(email)}`)
      return { ...end, sessions: toSessionsEnd(stillOpen.get(email), said) }
    })
  }

  function endOf(eventId: string, email: string, letter: string | undefined): RowEnd {
    if (letter !== undefined) return { kind: 'dead_lettered', code: letter, email }
    if (reset.has(email)) return { kind: 'reset', code: 'reset', email }
    const skip = skips.get(`${eventId} ${personKey(email)}`)
    return skip === undefined
      ? { kind: 'missing', code: 'missing', email }
      : { kind: 'skipped', code: skip, email }
  }
}

/** Codes of people whose stolen password is unusable for certain. They are passed on to end-sessions. */
export const RESET_CODES: readonly string[] = ['reset', 'no_password', 'covered']

function isPassedOn({ kind, code }: RowEnd): boolean {
  return kind !== 'dead_lettered' && RESET_CODES.includes(code)
}

function toSessionsEnd(letter: string | undefined, said = 'missing'): SessionsEnd {
  if (letter !== undefined) return { kind: 'dead_lettered', code: letter }
  return { kind: said === 'ended' || said === 'missing' ? said : 'skipped', code: said }
}

function codesByEmail(letters: readonly DeadLetter[]): ReadonlyMap<string | undefined, string> {
  return new Map(letters.flatMap(({ rows, code }) => rows.map((row) => [emailOf(row), code])))
}

function badRow(code: string | undefined): RowEnd {
  return code === undefined
    ? { kind: 'missing', code: 'missing', email: undefined }
    : { kind: 'dead_lettered', code, email: undefined }
}

function emailOf(row: unknown): string | undefined {
  const member = MemberSchema.safeParse(row)
  return member.success ? normalizeEmail(member.data.email_address) : undefined
}

/** Counts the people who were called again after a call had reset them. `calls`: in the order of arrival. */
export function countRepeatedResets(calls: readonly Pick<SimulatorCall, 'email' | 'effect'>[]): number {
  const reset = new Set<string>()
  const repeated = new Set<string>()
  for (const { email, effect } of calls) {
    if (reset.has(email)) repeated.add(email)
    else if (effect !== 'none') reset.add(email)
  }
  return repeated.size
}
