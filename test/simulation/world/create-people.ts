import { normalizeEmail } from '../../../lib/contract/normalize-email.ts'
import { createPersonKey } from '../../../lib/ledger/create-person-key.ts'

export const LEDGER_KEY = 'canary-ledger-key-'.repeat(4)
export const PROJECT_ID = 'project-test-simulation'

export type People = ReturnType<typeof createPeople>

/** The people of a run: by number, by an e-mail that must never be seen, and by the ledger's HMAC. */
export function createPeople(count: number) {
  const personKey = createPersonKey(LEDGER_KEY)
  const emails = Array.from({ length: count }, (_, index) => `p${index}.canary@leak.example`)
  const byKey = new Map(emails.map((email, index) => [personKey(PROJECT_ID, email), `p${index}`]))
  return {
    emailOf: (person: number) => emails[person] ?? '',
    /** `p3`, or undefined when it is nobody's e-mail. */
    named: (email: unknown) =>
      typeof email === 'string' ? /^(p\d+)\.canary@/.exec(normalizeEmail(email))?.[1] : undefined,
    keyed: (key: string) => byKey.get(key) ?? 'nobody known',
  }
}
