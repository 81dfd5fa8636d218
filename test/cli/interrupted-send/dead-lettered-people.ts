import { readDeadLetters } from '../../../cli/start/read-dead-letters.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { normalizeEmail } from '../../../lib/contract/normalize-email.ts'

/** Who is on the dead-letter queue. */
export function deadLetteredPeople(system: Pick<LocalSystem, 'inside' | 'queues'>): Set<string> {
  const rows = readDeadLetters(system).flatMap((letter) => letter.rows as { email_address: string }[])
  return new Set(rows.map(({ email_address }) => normalizeEmail(email_address)))
}
