import { writeFile } from 'node:fs/promises'
import { readDeadLetters } from '../../../cli/start/dead-letters.ts'
import { sampleMember } from '../../../cli/start/sample-project.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { MemberSchema } from '../../../lib/contract/breach-event.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'

/**
 * How everyone in a list ended, by Stytch's own records, the dead-letter queue and the logs: each person once, the first that holds.
 * `missing`: no trace of them. `strangers`: called, or on the dead-letter queue, and not in the list.
 */
export function accountForPeople(
  system: LocalSystem,
  people: ReadonlySet<string>,
  skips: ReadonlyMap<string, string>,
) {
  const deadLettered = deadLetteredPeople(system)
  const calls = system.stytch.calls()
  const reset = new Set(calls.filter(({ effect }) => effect !== 'none').map(({ email }) => email))
  const skipped = new Set(
    [...skips].flatMap(([key, code]) => (code === 'duplicate' ? [] : [key.split(' ')[1]])),
  )

  const endOf = (person: string) => {
    if (deadLettered.has(person)) return 'deadLettered'
    if (reset.has(person)) return 'reset'
    return skipped.has(personKey(system.ledger.key, system.credentials.project_id, person))
      ? 'skipped'
      : 'missing'
  }
  const counts = { deadLettered: 0, reset: 0, skipped: 0, missing: 0 }
  for (const person of people) counts[endOf(person)]++
  const met = [...deadLettered, ...calls.map(({ email }) => email)]
  return { ...counts, strangers: met.filter((person) => !people.has(person)).length }
}

/** Who is on the dead-letter queue. */
export function deadLetteredPeople(system: Pick<LocalSystem, 'inspector' | 'queues'>): Set<string> {
  const rows = readDeadLetters(system).flatMap((deadLetter) => deadLetter.rows as { email_address: string }[])
  return new Set(rows.map(({ email_address }) => normalizeEmail(email_address)))
}

/** Writes the rows of a generated breach as CSV, malformed ones too. Resolves to the people in the valid ones. */
export async function writeList(file: string, rows: number): Promise<Set<string>> {
  const lines = ['email_address,member_id,password']
  const people = new Set<string>()
  for (let index = 0; index < rows; index++) {
    const written = sampleMember(index).input as { email_address: string; member_id?: string }
    lines.push(`${written.email_address},${written.member_id ?? ''},hunter2`)
    const member = MemberSchema.safeParse(written)
    if (member.success) people.add(normalizeEmail(member.data.email_address))
  }
  await writeFile(file, lines.join('\n'))
  return people
}
