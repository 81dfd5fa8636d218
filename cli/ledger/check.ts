import { addAbortSignal } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readEnded } from '../../lib/ledger/ended-sessions.ts'
import { type LedgerEnvironment, MAX_READ_AT_ONCE } from '../../lib/ledger/items.ts'
import { personKey, readRows } from '../../lib/ledger/ledger.ts'
import { compareSentinels, readSentinel, toSentinel } from '../../lib/ledger/sentinel.ts'
import { createCredentialsReader } from '../../lib/stytch/credentials.ts'
import { type AwsClients, openAwsClients, readOutputs } from '../aws.ts'
import { readText } from '../input/read-text.ts'
import { columnsOf, say } from '../lines.ts'
import type { Terminal } from '../terminal.ts'
import { type Answer, answerLines, isReset, toAnswersJson } from './answers.ts'
import { readAddresses } from './read-addresses.ts'

type Check = { stack: string; file: string; projectId: string | undefined; json: boolean }

/** Says of each address what the ledger knows. Resolves to exit code 0 if everyone is known as reset, else 3. Rejects with a sentence. */
export async function check(
  { stack, file, projectId, json }: Check,
  signal: AbortSignal,
  { stdin, stdout, stderr }: Terminal,
): Promise<number> {
  if (file === '-' && 'isTTY' in stdin && stdin.isTTY)
    say(stderr, 'E-mail addresses, one a line; Ctrl-D ends:')
  const { addresses, faults } = readAddresses((await readText(file, addAbortSignal(signal, stdin))).text)
  const ledger = await openLedger(openAwsClients(), stack, projectId)
  const answers: Answer[] = []
  for (let first = 0; first < addresses.length; first += MAX_READ_AT_ONCE) {
    signal.throwIfAborted()
    const some = addresses.slice(first, first + MAX_READ_AT_ONCE)
    const keys = some.map(({ address }) => ledger.keyOf(address))
    const [resets, ended] = await Promise.all([
      readRows(ledger.environment, keys),
      readEnded(ledger.environment, keys),
    ])
    for (const [index, one] of some.entries()) {
      const key = keys[index] ?? ''
      answers.push({ ...one, row: resets.get(key) ?? {}, ended: ended.get(key) })
    }
  }
  const text = json
    ? JSON.stringify(toAnswersJson(answers, faults), undefined, 2)
    : answerLines(answers, faults, columnsOf(stdout)).join('\n')
  stdout.write(`${text}\n`)
  return faults.length === 0 && answers.every(isReset) ? 0 : 3
}

const MISMATCHES = {
  'other key':
    'the secret LedgerKey is not the key that this ledger was started with: nobody could be found in it. Put the old key back (docs/runbook.md, Ledger key changed)',
  'other project':
    'this ledger is of another Stytch project: nobody of this one could be found in it. Say which with --project-id',
}

/** Finds the ledger of a stack, and proves that key and project are those that it was started with: otherwise nobody could be found. */
async function openLedger(clients: AwsClients, stack: string, givenProject: string | undefined) {
  const names = ['LedgerTableName', 'LedgerKeyArn', 'StytchSecretArn'] as const
  const outputs = await readOutputs(clients.cloudFormation, stack, names)
  const { dynamoDB } = clients
  const environment: LedgerEnvironment = {
    ...{ dynamoDB, table: outputs.LedgerTableName, random: Math.random },
    sleep: (ms) => sleep(ms),
  }
  const { ledgerKey, projectId } = await readKeys(clients.secrets, outputs, givenProject)
  const stored = await readSentinel(environment)
  if (!stored)
    throw new Error(
      'this ledger was never started, or it has been emptied: it has no sentinel row, so it can say nothing about anyone',
    )
  const comparison = compareSentinels(stored, toSentinel(ledgerKey, projectId))
  if (comparison !== 'same') throw new Error(MISMATCHES[comparison])
  if (stored.projectProof === undefined)
    throw new Error(
      'this ledger does not say yet which Stytch project it is of: run npx --no breach-reset smoke first',
    )
  return { environment, keyOf: (address: string) => personKey(ledgerKey, projectId, address) }
}

/** Reads the ledger key, and the Stytch project unless it is `given`, by the caller's own right. Rejects with a sentence. */
async function readKeys(
  secrets: SecretsManagerClient,
  arns: { LedgerKeyArn: string; StytchSecretArn: string },
  given: string | undefined,
): Promise<{ ledgerKey: string; projectId: string }> {
  const read = async (SecretId: string) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString
  const ledgerKey = (await read(arns.LedgerKeyArn)) ?? ''
  if (given !== undefined) return { ledgerKey, projectId: given }
  const credentials = await createCredentialsReader(() => read(arns.StytchSecretArn)).current()
  if (credentials === 'invalid')
    throw new Error('the Stytch secret is not filled in: say which project with --project-id')
  return { ledgerKey, projectId: credentials.project_id }
}
