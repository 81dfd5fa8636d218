import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import type { Ask, Call, Invocation, Message, Trace } from './trace.ts'

/** Of Stytch's answers, those after which a member has no session from before. */
const NO_SESSION = ['done', '404 session_not_found', '404 member_not_found']

export const isDone = ({ answered }: Ask) => answered !== undefined && NO_SESSION.includes(answered.as)

/** The reset for which a message ends the sessions of somebody: never later than the message was sent. */
export function resetIn({ rows, at }: Message, person: string): number {
  const own = rows.get(person) ?? []
  return Math.min(at, ...own.map(({ reset_at = '' }) => Date.parse(reset_at)))
}

/**
 * At the end nobody who was passed on has a session that began before the reset, or before the stolen password was gone, except when
 * end-sessions or SQS dead-lettered them afterwards, or when they were not found. (A clock that was wrong dates a reset wrongly.)
 */
export function noStolenSessionIsAlive(trace: Trace): string[] {
  const { run, messages, invocations, calls } = trace
  const { stytch, people } = run.world
  const callsOf = Map.groupBy(calls.values(), ({ person }) => person)
  const open = stytch.sessions().filter(({ revokedAt }) => revokedAt === undefined)
  const sessions = Map.groupBy(open, ({ memberId }) => people.ofMember(memberId))
  const excused = [...findExcuses(trace)]
  return [...messages.values()]
    .filter(({ queue, by }) => queue === 'sessions' && invocations.get(by)?.role === 'require-reset')
    .flatMap((message) =>
      [...message.rows.keys()].flatMap((person) => {
        const alive = sessions.get(person) ?? []
        const limit = alive.length > 0 ? stolenUntil(callsOf.get(person) ?? [], message, person) : 0
        const old = alive.filter(({ startedAt }) => startedAt < limit)
        const isExcused = excused.some(
          ({ who, index }) => who === `${message.json?.id} ${person}` && index > message.index,
        )
        return old.length > 0 && !isExcused
          ? [`${person} of ${message.message} still has ${old.length} sessions from before the reset`]
          : []
      }),
    )
}

/** Who ended otherwise than as ended, and when. */
function* findExcuses({ run, messages, invocations }: Trace): Iterable<{ who: string; index: number }> {
  const { people } = run.world
  for (const { role, sent, outcomes, index } of invocations.values()) {
    if (role !== 'end-sessions') continue
    for (const { queue, json, rows, index: sentIndex } of sent)
      if (queue === 'dead-letter')
        for (const person of rows.keys()) yield { who: `${json?.id} ${person}`, index: sentIndex }
    for (const { event_source, event_id, person = '', code } of outcomes)
      if (code === 'no_member_found')
        yield { who: `${event_source} ${event_id} ${people.keyed(person)}`, index }
  }
  for (const [index, entry] of run.journal.entries()) {
    if (entry.what !== 'moved to the dead-letter queue by SQS' || entry.queue !== 'sessions') continue
    const { json, rows } = messages.get(entry.message) ?? {}
    for (const person of rows?.keys() ?? []) yield { who: `${json?.id} ${person}`, index }
  }
}

/** Until when a session may be a thief's: until the reset started, and until a reset since the fence has reached Stytch. */
function stolenUntil(calls: readonly Call[], message: Message, person: string): number {
  const resetAt = resetIn(message, person)
  const own = calls.filter(({ at }) => at <= message.at)
  if (own.some(({ clock, at }) => clock !== at)) return resetAt
  const fence = Date.parse(message.json?.fence ?? '')
  const gone = own
    .filter(({ at, effect, clock }) => at >= fence && (effect || clock === resetAt))
    .map(({ reachedAt = Number.POSITIVE_INFINITY }) => reachedAt)
  return Math.max(resetAt, Math.min(...gone, message.at))
}

/**
 * Every row that says that sessions have ended is for a reset that a message names, and only after that reset each of the person's
 * members was revoked, and a later read-back showed none of their sessions from before that revocation.
 */
export function endedRowsAreTrue(trace: Trace): string[] {
  const { run, invocations, asks } = trace
  const { clockSteps, ways } = run.scenario
  const byMember = Map.groupBy([...asks.values()].filter(isDone), ({ member = '' }) => member)
  return [...invocations.values()].flatMap(({ stored, invocation, messages }) =>
    stored
      .filter(({ kind }) => kind === 'sessions')
      .flatMap(({ person, resetAt, index }) => {
        const isNamed = messages.some(
          (message) => message.rows.has(person) && resetIn(message, person) === resetAt,
        )
        const members = run.world.stytch.membersOf(Number(person.slice(1)))
        const isOver = members.every((member) => hasEnded(byMember.get(member) ?? [], resetAt, index))
        return [
          ...(isNamed ? [] : [`${invocation} wrote that sessions of ${person} ended for another reset`]),
          ...(isOver ? [] : [`${invocation} wrote that sessions of ${person} ended, which is not known`]),
        ]
      }),
  )

  function hasEnded(of: readonly Ask[], resetAt: number, before: number): boolean {
    // Without Stytch's clock a session is old by ours.
    const isUnsure = !ways.sendsDate && clockSteps.length > 0
    const readBacks = of.filter(({ endpoint, index }) => endpoint === 'read back' && index < before)
    const revocations = of.filter(({ endpoint, at }) => endpoint === 'revoke' && at >= resetAt)
    return readBacks.some(({ index, open, answered }) =>
      revocations.some(
        ({ at, answered: revoked }) =>
          (revoked?.index ?? before) < index &&
          (answered?.index ?? before) < before &&
          (isUnsure || open.every((start) => start >= at)),
      ),
    )
  }
}

/**
 * end-sessions logs out only people whom a message names that it was given, and nobody in a dry run. It does nothing else to anyone: it
 * resets nobody, writes no other rows, and sends to no other queue than its own and that of dead letters.
 */
export function nobodyElseIsLoggedOut({ run, invocations }: Trace): string[] {
  const isDry = run.deployment.stage.mode === 'dry_run'
  return [...invocations.values()].flatMap(({ invocation, role, messages, asks, calls, stored, sent }) => {
    if (role !== 'end-sessions')
      return stored
        .filter(({ kind }) => kind !== 'reset')
        .map(({ kind, person }) => `${invocation} wrote a row of ${kind} for ${person}`)
    const named = new Set(
      messages.flatMap(({ rows, json }) => (json?.data.mode === 'dry_run' ? [] : [...rows.keys()])),
    )
    const strangers = asks.filter(({ member, people: [person = ''] }) => member && !named.has(person))
    const others = sent.filter(({ queue }) => queue !== 'sessions' && queue !== 'dead-letter')
    const rows = stored.filter(({ kind, person }) => kind !== 'sessions' || !named.has(person))
    return [
      ...(isDry ? asks : strangers).map(({ member }) => `${invocation} has no business with ${member}`),
      ...calls.map(({ person }) => `${invocation} reset ${person}`),
      ...rows.map(({ kind, person }) => `${invocation} wrote a row of ${kind} for ${person}`),
      ...others.map(({ message }) => `${invocation} sent ${message}`),
    ]
  })
}

/** Nobody is logged out again whose sessions have ended, by the ledger, for every reset that they were passed on for. */
export function nobodyEndedIsLoggedOut({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ invocation, asks, endedReads, messages }) =>
    asks
      .filter(({ endpoint }) => endpoint === 'revoke')
      .filter(({ people: [person = ''], index }) => {
        const reads = endedReads
          .filter((read) => read.index < index)
          .flatMap(({ ended }) => ended.filter(([who]) => who === person))
        const known = reads.at(-1)
        const endedFor = known?.[1] ?? Number.NEGATIVE_INFINITY
        const naming = messages.filter(({ rows }) => rows.has(person))
        return known === undefined || naming.every((message) => resetIn(message, person) <= endedFor)
      })
      .map(({ member }) => `${invocation} logged ${member} out, whose sessions had ended by the ledger`),
  )
}

/** Delays of seven and a half seconds, and twice as much five times, at least. */
const LOOKED_FOR_MS = 470_000
const MIN_SEARCHES = 7

/**
 * Somebody is given up as not found only when no search of that invocation could find them, after seven searches that were answered, and some
 * eight minutes after they were passed on, unless they are the canary.
 */
export function whoIsMissedIsLookedForAgain(trace: Trace): string[] {
  const { run, invocations } = trace
  const { stytch, people } = run.world
  return [...invocations.values()].flatMap((invocation) =>
    invocation.outcomes.flatMap(({ outcome, code, person: key = '', event_source, event_id }) => {
      if (outcome !== 'skipped' || code !== 'no_member_found' || event_source === CANARY_SOURCE) return []
      const person = people.keyed(key)
      const could = invocation.asks.filter(
        ({ endpoint, reachedAt = 0, answered, people: asked }) =>
          endpoint === 'search organizations' &&
          asked.includes(person) &&
          answered?.as === 'done' &&
          reachedAt >= stytch.indexedAt,
      )
      const isThere = stytch.membersOf(Number(person.slice(1))).length > 0
      const passedOnAt = firstKnown(invocation, person, `${event_source} ${event_id}`, new Set())
      const lookedForMs = (invocation.overAt ?? Number.POSITIVE_INFINITY) - passedOnAt
      const searches = searchesFor(person).filter(({ reachedAt = 0 }) => reachedAt >= passedOnAt)
      return [
        ...(isThere && could.length > 0 ? [`${invocation.invocation} did not see ${person}`] : []),
        ...(searches.length < MIN_SEARCHES
          ? [`${invocation.invocation} searched too seldom for ${person}`]
          : []),
        ...(lookedForMs < LOOKED_FOR_MS ? [`${invocation.invocation} gave ${person} up too soon`] : []),
      ]
    }),
  )

  function searchesFor(person: string): Ask[] {
    return [...invocations.values()]
      .flatMap(({ asks }) => asks)
      .filter(
        ({ endpoint, answered, people: asked }) =>
          endpoint === 'search organizations' && answered?.as === 'done' && asked.includes(person),
      )
  }

  /** When the first message was sent from which an invocation knows somebody, by require-reset. */
  function firstKnown({ messages }: Invocation, person: string, event: string, seen: Set<string>): number {
    const naming = messages.filter(
      ({ rows, json, message }) => rows.has(person) && json?.id === event && !seen.has(message),
    )
    for (const { message } of naming) seen.add(message)
    return naming.reduce((first, { by, at }) => {
      const sender = invocations.get(by)
      return Math.min(first, sender?.role === 'end-sessions' ? firstKnown(sender, person, event, seen) : at)
    }, Number.POSITIVE_INFINITY)
  }
}
