import type { SimulatorCall } from '../../infra/local/stytch/simulator-call.ts'
import { MemberSchema } from '../../lib/contract/member.ts'
import { normalizeEmail } from '../../lib/contract/normalize-email.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { DeadLetter } from './read-dead-letters.ts'
import type { RowEnd } from './row-end.ts'

/** What one delivery left behind: Stytch's own records, the dead-letter queue, and who was skipped and why, by `event id person`, from the logs. */
export type Traces = {
  calls: readonly SimulatorCall[]
  deadLetters: readonly DeadLetter[]
  skips: ReadonlyMap<string, string>
}

/**
 * Returns what finds the end of each row of an event: on the dead-letter queue; else reset, by Stytch's records; else
 * skipped, by the logs. It goes by person, not by totals, and does not ask the functions' counters.
 */
export function createTally(
  { calls, deadLetters, skips }: Traces,
  personKey: (email: string) => string,
): (event: UncheckedBreachEvent) => RowEnd[] {
  const lettersOf = Map.groupBy(deadLetters, ({ eventId }) => eventId)
  const reset = new Set<string>()
  for (const { effect, email } of calls) if (effect !== 'none') reset.add(email)

  return (event) => {
    const { members: rows } = event.data
    const letters = lettersOf.get(event.id) ?? []
    const whole = letters.find((letter) => letter.rows.length === rows.length)
    const badRows = Map.groupBy(
      letters.flatMap(({ code, rows }) => rows.map((row) => ({ code, came: JSON.stringify(row) }))),
      ({ came }) => came,
    )
    const refused = new Map(
      letters.flatMap((letter) => letter.rows.map((row) => [emailOf(row), letter.code])),
    )
    const met = new Set<string>()
    return rows.map((row) => {
      const email = emailOf(row)
      if (whole) return { kind: 'dead_lettered', code: whole.code, email }
      if (email === undefined) return badRow(badRows.get(JSON.stringify(row))?.pop()?.code)
      if (met.has(email)) return { kind: 'skipped', code: 'duplicate', email }
      met.add(email)
      return endOf(event.id, email, refused.get(email))
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

function badRow(code: string | undefined): RowEnd {
  return code === undefined
    ? { kind: 'missing', code: 'missing', email: undefined }
    : { kind: 'dead_lettered', code, email: undefined }
}

function emailOf(row: unknown): string | undefined {
  const member = MemberSchema.safeParse(row)
  return member.success ? normalizeEmail(member.data.email_address) : undefined
}
