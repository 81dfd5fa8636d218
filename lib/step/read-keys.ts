import { personKey } from '../ledger/ledger.ts'
import type { CheckSentinel } from '../ledger/sentinel.ts'
import { type Observe, reportUnavailable } from '../observability/observe.ts'
import { type Credentials, type CredentialsReader, stytchEnvironment } from '../stytch/credentials.ts'
import type { StepConfig } from './config.ts'
import type { Stop } from './stop-calling.ts'

/** `keyOf`: the pseudonym of the person with an e-mail address. */
export type Keys =
  | { kind: 'ready'; credentials: Credentials; keyOf: (emailAddress: string) => string }
  | { kind: 'stop'; stop: Stop }

const MIN_LEDGER_KEY = 32
const FAULT = { 'other key': 'ledger_key_mismatch', 'other project': 'ledger_project_mismatch' }

/**
 * Returns a reader of both secrets that also proves them to be this stage's and this ledger's. Otherwise nobody may be called, because
 * nobody could be found covered: then it resolves to the reason. Records that ask at the same time share one answer.
 */
export function createKeysReader(environment: {
  config: Pick<StepConfig, 'stytchEnvironment'>
  credentials: Pick<CredentialsReader, 'current'>
  readLedgerKey: () => Promise<string | undefined>
  checkSentinel: CheckSentinel
  observe: Observe
}): () => Promise<Keys> {
  const { config, credentials, readLedgerKey, checkSentinel, observe } = environment
  let checked: string | undefined
  let reading: Promise<Keys> | undefined

  async function readOnce(): Promise<Keys> {
    try {
      const [current, ledgerKey = ''] = await Promise.all([credentials.current(), readLedgerKey()])
      if (current === 'invalid') return configurationFault('stytch_secret_invalid')
      if (stytchEnvironment(current) !== config.stytchEnvironment) {
        return configurationFault('stytch_environment_mismatch')
      }
      if (ledgerKey.length < MIN_LEDGER_KEY) return configurationFault('ledger_key_invalid')
      const { project_id } = current
      const pair = `${project_id}\n${ledgerKey}`
      const sentinel = checked === pair ? 'same' : await checkSentinel(ledgerKey, project_id)
      if (sentinel !== 'same') return configurationFault(FAULT[sentinel])
      checked = pair
      const keyOf = (emailAddress: string) => personKey(ledgerKey, project_id, emailAddress)
      return { kind: 'ready', credentials: current, keyOf }
    } catch (error) {
      reportUnavailable(observe, 'secret or ledger unavailable', error)
      return { kind: 'stop', stop: { code: 'secret_or_ledger_unavailable', delay: 'growing', untried: true } }
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
