import { lowerMode, type ResetEvent } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { CLOCK_TOLERANCE_MS, isExpired } from '../../lib/contract/fence.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import type { NotedCall, PersonRow } from '../../lib/ledger/ledger.ts'
import { eventIdentity, reportClockAhead } from '../../lib/observability/observe.ts'
import { type Invocation, LEDGER_UNAVAILABLE } from '../../lib/step/invocation.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Environment } from './environment.ts'
import { type Outcome, owing, type Person, type Result, readPeople } from './person.ts'
import { resetPerson } from './reset-person.ts'

/** What every decision about a person of one message needs. `expired`: nobody may be called any more. */
type DecisionContext = {
  event: ResetEvent
  sentAt: number
  expired: boolean
  credentials: Credentials
  invocation: Invocation<Outcome>
}

/**
 * Decides about everyone in an event: covered, decided before, expired, dry run, or called. `sentAt`: when its message was sent, in ms
 * since the epoch. Rejects only after everyone's turn has ended.
 */
export async function decidePeople(
  environment: Environment,
  { event, sentAt }: { event: ResetEvent; sentAt: number },
  invocation: Invocation<Outcome>,
): Promise<Result[]> {
  const people = readPeople(event).map((person) => notAfter(environment, sentAt, person))
  const keys = await environment.readKeys()
  if (keys.kind === 'stop') {
    invocation.stop(keys.stop)
    return people.map((person) => ({ person, key: undefined, outcome: asDeferred(person, keys.stop) }))
  }
  if (event.source === CANARY_SOURCE) {
    const { project_id } = keys.credentials
    environment.observe.note('canary uses this project', { ...eventIdentity(event), project_id })
  }
  const expired = isExpired(event, environment.now())
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
    // An earlier message of the batch has reset the person and owes the ledger row: this one owes it as well.
    const owed = earlier?.kind === 'deferred' ? earlier.rest.owed : undefined
    if (earlier?.kind === 'deferred' && owed && Date.parse(owed.reset_at) >= fence) {
      return { ...earlier, rest: owing(person, owed) }
    }
    const row = await environment.readRow(key)
    if (row === 'unreadable') return asDeferred(person, LEDGER_UNAVAILABLE)
    const at = believed(environment, sentAt, row.resetAt)
    if (at >= fence) return { kind: 'skipped', code: 'covered', at, own: ownOutcome(row, event) }

    const since = event.sentat === undefined ? sentAt : Date.parse(event.sentat)
    const isSince = (call: NotedCall | undefined) => believed(environment, sentAt, call?.at) >= since
    const known = isSince(row.uncertain) ? { ...person, uncertain: true } : person
    const request = { person: known, key, event, sentAt, credentials, invocation }
    const reset = () => ledgerWriter.during(() => resetPerson(environment, request))
    if (known.owed) return reset()
    if (row.unusable && isSince(row.unusable) && event.data.mode !== 'dry_run') {
      const { code, requestId } = row.unusable
      return { kind: 'dead_lettered', code, uncertain: true, requestId }
    }
    if (expired) return asExpired(known)
    if (lowerMode(config.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }
    return circuit.run(reset)
  })
}

/** How the reset of a row ended, if it was made for this very event, in an earlier delivery. */
function ownOutcome({ source, eventId, outcome }: PersonRow, event: ResetEvent): string | undefined {
  return source === event.source && eventId === event.id ? outcome : undefined
}

/**
 * The moment of a call, by its row. A moment ahead of both our clock and of the message is not believed, and counts as never: the clock
 * of that call was wrong, and nobody knows by how much.
 */
function believed({ now, observe }: Environment, sentAt: number, at = Number.NEGATIVE_INFINITY): number {
  if (at <= Math.max(now(), sentAt) + CLOCK_TOLERANCE_MS) return at
  reportClockAhead(observe, 'ledger row')
  return Number.NEGATIVE_INFINITY
}

/** An owed reset was made before the message that owes it was sent. If it says otherwise, its clock was wrong: it is lowered. */
function notAfter({ observe }: Environment, sentAt: number, person: Person): Person {
  const { owed } = person
  if (!owed || Date.parse(owed.reset_at) <= sentAt) return person
  reportClockAhead(observe, 'owed ledger row')
  return { ...person, owed: { ...owed, reset_at: new Date(sentAt).toISOString() } }
}

function asExpired({ uncertain }: Person): Outcome {
  return { kind: 'dead_lettered', code: 'expired', uncertain }
}

function asDeferred(person: Person, stop: Stop): Outcome {
  return { kind: 'deferred', stop, rest: person }
}
