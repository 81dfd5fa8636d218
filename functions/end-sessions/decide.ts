import { lowerMode, type SessionsEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { type Invocation, LEDGER_UNAVAILABLE } from '../../lib/step/invocation.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import type { Asking } from './ask.ts'
import { type EndRequest, endPerson } from './end-person.ts'
import type { FindMembers } from './find-members.ts'
import { asDeferred, asUndone, type Outcome, type Person, type Result, readPeople } from './person.ts'

/** What the decisions of an invocation share, or why nobody may be called. */
export type Context = Ready | { kind: 'stop'; stop: Stop }

type Ready = Asking & {
  kind: 'ready'
  invocation: Invocation<Outcome>
  keyOf: (emailAddress: string) => string
  findMembers: FindMembers
}

/**
 * Decides about everyone in an event: covered, dry run, not found, or ended. `sentAt`: when its message was sent, in ms since the epoch.
 * Rejects only after everyone's turn has ended.
 */
export async function decidePeople(
  { event, sentAt }: { event: SessionsEvent; sentAt: number },
  context: Context,
): Promise<Result[]> {
  const people = readPeople(event, sentAt)
  if (context.kind === 'stop') {
    return people.map((person) => ({ person, key: undefined, outcome: asDeferred(person, context.stop) }))
  }
  return allOrFirstError(
    people.map(async (person) => {
      const key = context.keyOf(person.row.email_address)
      const decided = () => decide(context, event, person, key)
      return { person, key, outcome: await context.invocation.inTurn(key, decided) }
    }),
  )
}

/** How often a search that finds nobody is made again, over at least 8 minutes: Stytch may not have indexed the member yet. */
const MAX_SEARCHES_AGAIN = 6

async function decide(context: Ready, event: SessionsEvent, person: Person, key: string): Promise<Outcome> {
  const { config, readEndedFor } = context.environment
  const endedFor = await readEndedFor(key)
  if (endedFor === 'unreadable') return asDeferred(person, LEDGER_UNAVAILABLE)
  const isCovered = endedFor.resetAt >= person.resetAt
  const isOwn = endedFor.source === event.source && endedFor.eventId === event.id
  const covered: Outcome = {
    kind: 'skipped',
    code: 'sessions_covered',
    at: isOwn ? endedFor.endedAt : undefined,
  }
  // The delivery that ended the person did not know what this one's have revoked since, and may have taken an old session for a new one.
  const revoked = person.members.filter(({ revokedAt }) => revokedAt !== undefined)
  if (isCovered && revoked.length === 0) return covered
  if (lowerMode(config.mode, event.data.mode) === 'dry_run') return { kind: 'skipped', code: 'dry_run' }

  if (isCovered)
    return end(context, { person: { ...person, members: revoked }, key, event, found: [], covered })
  const search = await context.findMembers(person.row.email_address)
  if (search.kind !== 'found') return asUndone(person, search)
  const { found } = search
  if (found.length > 0 || person.members.length > 0) return end(context, { person, key, event, found })
  if (person.misses >= MAX_SEARCHES_AGAIN || isCanary(event.source, event.data.members))
    return { kind: 'skipped', code: 'no_member_found' }
  const missed = { ...person, misses: person.misses + 1 }
  return asDeferred(missed, { code: 'no_member_found', delay: 'growing' })
}

function end(context: Ready, request: EndRequest): Promise<Outcome> {
  const { revoke, ledgerWriter } = context.environment
  return revoke.circuit.run(() => ledgerWriter.during(() => endPerson(context, request)))
}
