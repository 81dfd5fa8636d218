import type { LimitFunction } from 'p-limit'
import { lowerMode, type Mode, type ResetEvent, type ResetMember } from '../../lib/contract/breach-event.ts'
import { isExpired } from '../../lib/contract/fence.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { createPersonKey, type ReadReset } from '../../lib/ledger/ledger.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Outcome, Result, Stop } from './outcome.ts'
import type { ResetPerson } from './reset-person.ts'
import type { Invocation } from './stop-calling.ts'

const EXPIRED: Outcome = { kind: 'failed', code: 'expired' }
const LEDGER_UNAVAILABLE: Outcome = {
  kind: 'deferred',
  stop: { code: 'ledger_unavailable', delay: 'growing' },
}

/**
 * Returns the step that decides about everybody in an event: expired, covered, or called.
 * `unrecorded` bounds the people of an execution environment who are called and not yet recorded: that is what a crash can repeat.
 */
export function createCallMembers(deps: {
  mode: Mode
  prepare: Prepare
  readReset: ReadReset
  resetPerson: ResetPerson
  unrecorded: LimitFunction
  onLedgerFailure: (error: unknown) => void
  now: () => number
}) {
  return async function callMembers(event: ResetEvent, invocation: Invocation): Promise<Result[]> {
    const people = groupByPerson(event.data.members, (row) => row.email_address)
    const everybody = (outcome: Outcome) =>
      people.map((rows) => ({ person: { key: undefined, rows }, outcome }))
    const expired = isExpired(event, deps.now())
    if (expired && !people.some(isOwed)) return everybody(EXPIRED)

    const prepared = await deps.prepare()
    if (prepared.kind === 'stop') {
      invocation.stop(prepared.stop)
      return everybody({ kind: 'deferred', stop: prepared.stop })
    }
    const { ready } = prepared
    const keyed = people.map((rows) => ({ key: keyOf(rows, ready), rows }))
    const resets = await readAll(keyed.map(({ key }) => key))
    if (!resets) return keyed.map((person) => ({ person, outcome: LEDGER_UNAVAILABLE }))
    return allOrFirstError(
      keyed.map(async (person) => ({ person, outcome: await decide(person, resets.get(person.key)) })),
    )

    function decide(person: { key: string; rows: readonly ResetMember[] }, resetAt: number | undefined) {
      const fence = Date.parse(event.fence)
      return invocation.inTurn(person.key, async (earlier): Promise<Outcome> => {
        const at = Math.max(resetAt ?? Number.NEGATIVE_INFINITY, coveredAt(earlier))
        if (at >= fence) return { kind: 'skipped', code: 'covered', at }
        if (earlier && isOwedSince(fence, earlier)) return earlier
        const reset = () => deps.resetPerson(person, event, ready.credentials, invocation)
        if (isOwed(person.rows)) return reset()
        if (expired) return EXPIRED
        if (lowerMode(deps.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }
        return deps.unrecorded(reset)
      })
    }
  }

  async function readAll(keys: readonly string[]): Promise<Map<string, number | undefined> | undefined> {
    try {
      return new Map(await Promise.all(keys.map(async (key) => [key, await deps.readReset(key)] as const)))
    } catch (error) {
      deps.onLedgerFailure(error)
      return undefined
    }
  }
}

/** The call was made before; only its ledger row is missing. */
function isOwed(rows: readonly ResetMember[]): boolean {
  return rows.some((row) => row.owed)
}

/** An earlier message of the batch has reset the person, and only the ledger row is missing: this one owes it as well. */
function isOwedSince(fence: number, earlier: Outcome): boolean {
  return (
    earlier.kind === 'deferred' && earlier.owed !== undefined && Date.parse(earlier.owed.reset_at) >= fence
  )
}

function coveredAt(earlier: Outcome | undefined): number {
  const at = earlier && 'at' in earlier ? earlier.at : undefined
  return at ?? Number.NEGATIVE_INFINITY
}

function keyOf(rows: readonly ResetMember[], { credentials, personKey }: Ready): string {
  return personKey(credentials.project_id, rows[0]?.email_address ?? '')
}

type Ready = {
  credentials: Credentials
  personKey: (projectId: string, emailAddress: string) => string
}

type Prepare = () => Promise<{ kind: 'ready'; ready: Ready } | { kind: 'stop'; stop: Stop }>

const MIN_LEDGER_KEY = 32

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
      if (ledgerKey.length < MIN_LEDGER_KEY) return configurationFault('ledger_key_invalid')
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
