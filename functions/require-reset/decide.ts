import { lowerMode, type ResetEvent } from '../../lib/contract/breach-event.ts'
import { isExpired } from '../../lib/contract/fence.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Environment } from './environment.ts'
import type { Invocation } from './invocation.ts'
import { type Outcome, owing, type Person, type Result, readPeople, type Stop } from './person.ts'
import { LEDGER_UNAVAILABLE, resetPerson } from './reset-person.ts'

/** What every decision about a person of one event needs. `expired`: nobody may be called any more. */
type DecisionContext = {
  event: ResetEvent
  expired: boolean
  credentials: Credentials
  invocation: Invocation
}

/** Decides about everyone in an event: covered, expired, dry run, or called. Rejects only after everyone's turn has ended. */
export async function decidePeople(
  environment: Environment,
  event: ResetEvent,
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
  const keyed = people.map((person) => ({ person, key: keys.keyOf(person.rows[0]?.email_address ?? '') }))
  const resets = await lastResets(
    environment,
    keyed.map(({ key }) => key),
  )
  if (!resets) {
    return keyed.map(({ person, key }) => ({ person, key, outcome: asDeferred(person, LEDGER_UNAVAILABLE) }))
  }
  const context = { event, expired, credentials: keys.credentials, invocation }
  return allOrFirstError(
    keyed.map(async ({ person, key }) => {
      const outcome = await decide(environment, context, person, key, resets.get(key))
      return { person, key, outcome }
    }),
  )
}

/** Decides about one person in their turn, and resets them if needed. `resetAt`: their last recorded reset, in ms since the epoch. */
function decide(
  environment: Environment,
  context: DecisionContext,
  person: Person,
  key: string,
  resetAt = Number.NEGATIVE_INFINITY,
): Promise<Outcome> {
  const { event, expired, credentials, invocation } = context
  const { config, circuit, ledgerWriter } = environment
  const fence = Date.parse(event.fence)

  return invocation.inTurn(key, async (earlier): Promise<Outcome> => {
    const at = Math.max(resetAt, resetAtIn(earlier))
    if (at >= fence) return { kind: 'skipped', code: 'covered', at }
    // An earlier message of the batch has reset the person and owes the ledger row: this one owes it as well.
    const owed = earlier?.kind === 'deferred' ? earlier.rest.owed : undefined
    if (earlier?.kind === 'deferred' && owed && Date.parse(owed.reset_at) >= fence) {
      return { ...earlier, rest: owing(person, owed) }
    }
    const reset = () =>
      ledgerWriter.during(() => resetPerson(environment, { person, key, event, credentials, invocation }))
    if (person.owed) return reset()
    if (expired) return asExpired(person)
    if (lowerMode(config.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }
    return circuit.run(reset)
  })
}

function asExpired({ uncertain }: Person): Outcome {
  return { kind: 'dead_lettered', code: 'expired', uncertain }
}

function asDeferred(person: Person, stop: Stop): Outcome {
  return { kind: 'deferred', stop, rest: person }
}

/** When an earlier message of the batch covered the person, in ms since the epoch. */
function resetAtIn(earlier: Outcome | undefined): number {
  const at = earlier && 'at' in earlier ? earlier.at : undefined
  return at ?? Number.NEGATIVE_INFINITY
}

/** Last recorded resets by pseudonym; undefined when the ledger can't be read. */
async function lastResets(
  { readReset, observe }: Environment,
  keys: readonly string[],
): Promise<Map<string, number | undefined> | undefined> {
  try {
    return new Map(await Promise.all(keys.map(async (key) => [key, await readReset(key)] as const)))
  } catch (error) {
    reportUnavailable(observe, 'ledger unavailable', error)
    return undefined
  }
}
