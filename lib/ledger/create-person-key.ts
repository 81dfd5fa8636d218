import { createHmac } from 'node:crypto'
import { normalizeEmail } from '../contract/normalize-email.ts'

/** Returns the function that names a person without naming them: HMAC-SHA256(project id, e-mail) under the ledger key, in hex. */
export function createPersonKey(ledgerKey: string) {
  return (projectId: string, emailAddress: string): string =>
    createHmac('sha256', ledgerKey)
      .update(`${projectId}\n${normalizeEmail(emailAddress)}`)
      .digest('hex')
}
