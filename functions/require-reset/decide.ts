import { lowerMode, type ResetEvent } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { CLOCK_TOLERANCE_MS, isExpired } from '../../lib/contract/fence.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { eventIdentity, reportClockAhead } from '../../lib/observability/observe.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Environment } from './environment.ts'
import type { Invocation } from './invocation.ts'
import { type Outcome, owing, type Person, type Result, readPeople, type Stop } from './person.ts'
import { LEDGER_UNAVAILABLE, resetPerson } from './reset-person.ts'

/** What every decision about a person of one message needs. `expired`: nobody may be called any more. */
type DecisionContext = {
  event: ResetEvent
  sentAt: number
  expired: boolean
  credentials: Credentials
  invocation: Invocation
}

/**
 * Decides about everyone in an event: covered, decided before, expired, dry run, or called. `sentAt`: when its message was sent, in ms
 * since the epoch. Rejects only after everyone's turn has ended.
 */
export async function decidePeople(
  environment: Environment,
  { event, sentAt }: { event: ResetEvent; sentAt: number },
  invocation: Invocation,
): Promise<Result[]> {
  const people = readPeople(event)
  const expired = isExpired(event, environment.now())
  if (expired && !people.some(({ owed }) => owed)) {
    return people.map((person) => ({ person, key: undefined, outcome: asExpired(person) }))
  }
  const keys = await environment.readKeys()
  if (keys.kind === 'stop') {
    invocation.stop(keys.stop)
    return people.map((person) => ({ person, key: undefined, outcome: asDeferred(person, keys.stop) }))
  }
  if (event.source === CANARY_SOURCE) {
    const { project_id } = keys.credentials
    environment.observe.note('canary uses this project', { ...eventIdentity(event), project_id })
  }
  const context = { event, sentAt, expired, credentials: keys.credentials, invocation }
  return allOrFirstError(
    people.map(async (person) => {
      const key = keys.keyOf(person.rows[0]?.email_address ?? '')
      return { person, key, outcome: await decide(environment, context, person, key) }
    }),
  )
}

/** Decides about one person in their turn, and resets them if needed. */
function decide(
  environment: Environment,
  context: DecisionContext,
  person: Person,
  key: string,
): Promise<Outcome> {
  const { event, sentAt, expired, credentials, invocation } = context
  const { config, circuit, ledgerWriter } = environment
  const fence = Date.parse(event.fence)

  return invocation.inTurn(key, async (earlier): Promise<Outcome> => {
    const known = await environment.readRow(key)
    if (known === 'unreadable') return asDeferred(person, LEDGER_UNAVAILABLE)
    const at = notAhead(environment, sentAt, known.resetAt)
    if (at >= fence) return { kind: 'skipped', code: 'covered', at }
    // An earlier message of the batch has reset the person and owes the ledger row: this one owes it as well.
    const owed = earlier?.kind === 'deferred' ? earlier.rest.owed : undefined
    if (earlier?.kind === 'deferred' && owed && Date.parse(owed.reset_at) >= fence) {
      return { ...earlier, rest: owing(person, owed) }
    }
    const reset = () =>
      ledgerWriter.during(() =>
        resetPerson(environment, { person, key, event, sentAt, credentials, invocation }),
      )
    if (person.owed) return reset()
    const { unusable } = known
    if (unusable && notAhead(environment, sentAt, unusable.at) >= Date.parse(event.sentat ?? '')) {
      return { kind: 'dead_lettered', code: unusable.code, uncertain: true, requestId: unusable.requestId }
    }
    if (expired) return asExpired(person)
    if (lowerMode(config.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }
    return circuit.run(reset)
  })
}

/**
 * The moment of a call by its row. One ahead of the clock counts as never: it was made by a clock that was wrong, nobody knows when.
 * Unless it is ours that is behind: it is later than `sentAt`.
 */
function notAhead({ now, observe }: Environment, sentAt: number, at = Number.NEGATIVE_INFINITY): number {
  if (at <= Math.max(now(), sentAt) + CLOCK_TOLERANCE_MS) return at
  reportClockAhead(observe, 'ledger row')
  return Number.NEGATIVE_INFINITY
}

function asExpired({ uncertain }: Person): Outcome {
  return { kind: 'dead_lettered', code: 'expired', uncertain }
}

function asDeferred(person: Person, stop: Stop): Outcome {
  return { kind: 'deferred', stop, rest: person }
}
