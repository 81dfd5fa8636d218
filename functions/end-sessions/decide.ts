import { lowerMode, type SessionsEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { type Invocation, LEDGER_UNAVAILABLE, type Stop } from '../../lib/step/invocation.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { endPerson } from './end-person.ts'
import type { Environment } from './environment.ts'
import type { FindMembers } from './find-members.ts'
import { type Outcome, type Person, type Result, readPeople } from './person.ts'

/** What the decisions of an invocation share, or why nobody may be called. */
export type Context =
  | {
      kind: 'ready'
      credentials: Credentials
      keyOf: (emailAddress: string) => string
      invocation: Invocation<Outcome>
      findMembers: FindMembers
    }
  | { kind: 'stop'; stop: Stop }

/**
 * Decides about everyone in an event: covered, dry run, not found, or ended. `sentAt`: when its message was sent, in ms since the epoch.
 * Rejects only after everyone's turn has ended.
 */
export async function decidePeople(
  environment: Environment,
  { event, sentAt }: { event: SessionsEvent; sentAt: number },
  context: Context,
): Promise<Result[]> {
  const people = readPeople(event, sentAt)
  if (context.kind === 'stop') {
    return people.map((person) => ({ person, key: undefined, outcome: asDeferred(person, context.stop) }))
  }
  return allOrFirstError(
    people.map(async (person) => {
      const key = context.keyOf(emailOf(person))
      const decided = () => decide(environment, context, event, person, key)
      return { person, key, outcome: await context.invocation.inTurn(key, decided) }
    }),
  )
}

/** How often a search that finds nobody is made again, over 8 to 16 minutes: Stytch may not have indexed the member yet. */
const MAX_SEARCHES_AGAIN = 6

async function decide(
  environment: Environment,
  context: Extract<Context, { kind: 'ready' }>,
  event: SessionsEvent,
  person: Person,
  key: string,
): Promise<Outcome> {
  const { config, revoke, ledgerWriter } = environment
  const endedFor = await environment.readEndedFor(key)
  if (endedFor === 'unreadable') return asDeferred(person, LEDGER_UNAVAILABLE)
  if (endedFor >= person.resetAt) return { kind: 'skipped', code: 'sessions_covered' }
  if (lowerMode(config.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }

  const found = await context.findMembers(emailOf(person))
  if (found.kind === 'none') return { ...asDeferred(person, found.stop), requestId: found.requestId }
  if (found.kind === 'refused') return { ...found, kind: 'dead_lettered', code: 'sessions_refused' }
  if (found.members.length === 0) {
    const isOver = event.attempts >= MAX_SEARCHES_AGAIN || isCanary(event.source, event.data.members)
    return isOver
      ? { kind: 'skipped', code: 'no_member_found' }
      : asDeferred(person, { code: 'no_member_found', delay: 'growing' })
  }
  const request = { person, key, event, members: found.members, ...context }
  return revoke.circuit.run(() => ledgerWriter.during(() => endPerson(environment, request)))
}

function emailOf({ rows }: Person): string {
  return rows[0]?.email_address ?? ''
}

function asDeferred(person: Person, stop: Stop): Extract<Outcome, { kind: 'deferred' }> {
  return { kind: 'deferred', stop, rest: person }
}
