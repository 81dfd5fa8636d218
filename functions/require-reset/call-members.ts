import type { LimitFunction } from 'p-limit'
import type { Mode } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/group-by-person.ts'
import { isExpired } from '../../lib/contract/is-expired.ts'
import { lowerMode } from '../../lib/contract/lower-mode.ts'
import type { ResetEvent, ResetMember } from '../../lib/contract/reset-event.ts'
import { allSettled } from '../../lib/flow/all-settled.ts'
import type { ReadReset } from '../../lib/ledger/create-read-reset.ts'
import type { Invocation } from './create-invocation.ts'
import type { Outcome, Result } from './outcome.ts'
import type { Prepare, Ready } from './prepare.ts'
import type { ResetPerson } from './reset-person.ts'

const EXPIRED: Outcome = { kind: 'failed', code: 'expired' }
const LEDGER_UNAVAILABLE: Outcome = {
  kind: 'left_over',
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
      return everybody({ kind: 'left_over', stop: prepared.stop })
    }
    const { ready } = prepared
    const keyed = people.map((rows) => ({ key: keyOf(rows, ready), rows }))
    const resets = await readAll(keyed.map(({ key }) => key))
    if (!resets) return keyed.map((person) => ({ person, outcome: LEDGER_UNAVAILABLE }))
    return allSettled(
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
    earlier.kind === 'left_over' && earlier.owed !== undefined && Date.parse(earlier.owed.reset_at) >= fence
  )
}

function coveredAt(earlier: Outcome | undefined): number {
  const at = earlier && 'at' in earlier ? earlier.at : undefined
  return at ?? Number.NEGATIVE_INFINITY
}

function keyOf(rows: readonly ResetMember[], { credentials, personKey }: Ready): string {
  return personKey(credentials.project_id, rows[0]?.email_address ?? '')
}
