import { createPersonKey } from '../../lib/ledger/create-person-key.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Stop } from './outcome.ts'

export type Ready = {
  credentials: Credentials
  personKey: (projectId: string, emailAddress: string) => string
}

export type Prepare = () => Promise<{ kind: 'ready'; ready: Ready } | { kind: 'stop'; stop: Stop }>

const SHORTEST_LEDGER_KEY = 32

/**
 * Returns the step before anything else: both secrets at hand and the ledger key the right one.
 * Otherwise nobody may be called, because nobody could be found covered. Records that ask at once share one answer.
 */
export function createPrepare(deps: {
  readCredentials: () => Promise<Credentials | 'invalid'>
  readLedgerKey: () => Promise<string | undefined>
  checkSentinel: (ledgerKey: string) => Promise<'same key' | 'other key'>
  onFailure: (error: unknown) => void
}): Prepare {
  let checkedKey: string | undefined
  let preparing: ReturnType<Prepare> | undefined

  async function prepareOnce(): ReturnType<Prepare> {
    try {
      const [credentials, ledgerKey = ''] = await Promise.all([deps.readCredentials(), deps.readLedgerKey()])
      if (credentials === 'invalid') return configurationFault('stytch_secret_invalid')
      if (ledgerKey.length < SHORTEST_LEDGER_KEY) return configurationFault('ledger_key_invalid')
      if (checkedKey !== ledgerKey && (await deps.checkSentinel(ledgerKey)) === 'other key') {
        return configurationFault('ledger_key_mismatch')
      }
      checkedKey = ledgerKey
      return { kind: 'ready', ready: { credentials, personKey: createPersonKey(ledgerKey) } }
    } catch (error) {
      deps.onFailure(error)
      return { kind: 'stop', stop: { code: 'secret_or_ledger_unavailable', delay: 'growing' } }
    }
  }

  return () => {
    preparing ??= prepareOnce().finally(() => {
      preparing = undefined
    })
    return preparing
  }
}

function configurationFault(code: string): { kind: 'stop'; stop: Stop } {
  return { kind: 'stop', stop: { code, delay: 'longest' } }
}
