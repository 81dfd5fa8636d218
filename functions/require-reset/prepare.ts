import { createPersonKey } from '../../lib/ledger/create-person-key.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Stop } from './outcome.ts'

export type Ready = {
  credentials: Credentials
  personKey: (projectId: string, emailAddress: string) => string
}

export type Prepare = () => Promise<{ kind: 'ready'; ready: Ready } | { kind: 'stop'; stop: Stop }>

/**
 * Returns the step before anything else: both secrets at hand and the ledger key the right one.
 * Otherwise nobody may be called, because nobody could be found covered.
 */
export function createPrepare(deps: {
  readCredentials: () => Promise<Credentials | 'invalid'>
  readLedgerKey: () => Promise<string>
  checkSentinel: (ledgerKey: string) => Promise<'same key' | 'other key'>
  onFailure: (error: unknown) => void
}): Prepare {
  let checkedKey: string | undefined
  return async () => {
    try {
      const [credentials, ledgerKey] = await Promise.all([deps.readCredentials(), deps.readLedgerKey()])
      if (credentials === 'invalid')
        return { kind: 'stop', stop: { code: 'stytch_secret_invalid', delay: 'longest' } }
      if (checkedKey !== ledgerKey && (await deps.checkSentinel(ledgerKey)) === 'other key') {
        return { kind: 'stop', stop: { code: 'ledger_key_mismatch', delay: 'longest' } }
      }
      checkedKey = ledgerKey
      return { kind: 'ready', ready: { credentials, personKey: createPersonKey(ledgerKey) } }
    } catch (error) {
      deps.onFailure(error)
      return { kind: 'stop', stop: { code: 'secret_or_ledger_unavailable', delay: 'growing' } }
    }
  }
}
