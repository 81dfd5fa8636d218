import { personKey } from '../../lib/ledger/ledger.ts'
import { type Observe, reportUnavailable } from '../../lib/observability/observe.ts'
import type { Credentials, CredentialsReader } from '../../lib/stytch/credentials.ts'
import type { Stop } from './person.ts'

/** `keyOf`: the pseudonym of the person with an e-mail address. */
export type Keys =
  | { kind: 'ready'; credentials: Credentials; keyOf: (emailAddress: string) => string }
  | { kind: 'stop'; stop: Stop }

const MIN_LEDGER_KEY = 32

/**
 * Returns a reader of both secrets that also proves the ledger key to be this ledger's. Without them nobody may be called, because
 * nobody could be found covered: then it resolves to the reason. Records that ask at the same time share one answer.
 */
export function createKeysReader(environment: {
  credentials: Pick<CredentialsReader, 'current'>
  readLedgerKey: () => Promise<string | undefined>
  checkSentinel: (ledgerKey: string) => Promise<'same key' | 'other key'>
  observe: Observe
}): () => Promise<Keys> {
  const { credentials, readLedgerKey, checkSentinel, observe } = environment
  let checkedKey: string | undefined
  let reading: Promise<Keys> | undefined

  async function readOnce(): Promise<Keys> {
    try {
      const [current, ledgerKey = ''] = await Promise.all([credentials.current(), readLedgerKey()])
      if (current === 'invalid') return configurationFault('stytch_secret_invalid')
      if (ledgerKey.length < MIN_LEDGER_KEY) return configurationFault('ledger_key_invalid')
      if (checkedKey !== ledgerKey && (await checkSentinel(ledgerKey)) === 'other key') {
        return configurationFault('ledger_key_mismatch')
      }
      checkedKey = ledgerKey
      const keyOf = (emailAddress: string) => personKey(ledgerKey, current.project_id, emailAddress)
      return { kind: 'ready', credentials: current, keyOf }
    } catch (error) {
      reportUnavailable(observe, 'secret or ledger unavailable', error)
      return { kind: 'stop', stop: { code: 'secret_or_ledger_unavailable', delay: 'growing' } }
    }
  }

  return () => {
    reading ??= readOnce().finally(() => {
      reading = undefined
    })
    return reading
  }
}

function configurationFault(code: string): Keys {
  return { kind: 'stop', stop: { code, delay: 'longest' } }
}
