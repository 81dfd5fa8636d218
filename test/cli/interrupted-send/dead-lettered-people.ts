import { readDeadLetters } from '../../../cli/start/tally.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'

/** Who is on the dead-letter queue. */
export function deadLetteredPeople(system: Pick<LocalSystem, 'inspector' | 'queues'>): Set<string> {
  const rows = readDeadLetters(system).flatMap((letter) => letter.rows as { email_address: string }[])
  return new Set(rows.map(({ email_address }) => normalizeEmail(email_address)))
}
