import { askedSincePassedOn, couldMiss, earlierDeliveries, isDone } from './deliveries.ts'
import type { Ask, Call, Invocation, Message, Trace } from './trace.ts'

/** The reset for which a message ends the sessions of somebody: never later than the message was sent. */
export function resetIn({ rows, at }: Message, person: string): number {
  const own = rows.get(person) ?? []
  return Math.min(at, ...own.map(({ reset_at = '' }) => Date.parse(reset_at)))
}

/**
 * At the end nobody who was passed on has a session that began before the reset, or before the stolen password was gone, except when
 * end-sessions or SQS dead-lettered them afterwards, or when they, or one of the members that they are, were not found. (A clock that was
 * wrong dates a reset wrongly.)
 */
export function noStolenSessionIsAlive(trace: Trace): string[] {
  const { run, messages, invocations, calls } = trace
  const { stytch, people } = run.world
  const callsOf = Map.groupBy(calls.values(), ({ person }) => person)
  const open = stytch.sessions().filter(({ revokedAt }) => revokedAt === undefined)
  const sessions = Map.groupBy(open, ({ memberId }) => people.ofMember(memberId))
  const excused = [...findExcuses(trace)]
  const incomplete = endedWithoutForgotten(trace)
  return [...messages.values()]
    .filter(({ queue, by }) => queue === 'sessions' && invocations.get(by)?.role === 'require-reset')
    .flatMap((message) =>
      [...message.rows.keys()].flatMap((person) => {
        const alive = sessions.get(person) ?? []
        const limit = alive.length > 0 ? stolenUntil(callsOf.get(person) ?? [], message, person) : 0
        const old = alive.filter(({ startedAt }) => startedAt < limit)
        const isExcused =
          excused.some(
            ({ who, index }) => who === `${message.json?.id} ${person}` && index > message.index,
          ) || incomplete.some((row) => row.person === person && row.resetAt >= resetIn(message, person))
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

/** The rows that were written while the index had forgotten one of the person's members. */
function endedWithoutForgotten(trace: Trace): Invocation['stored'] {
  const { stytch } = trace.run.world
  return [...trace.invocations.values()].flatMap((writer) =>
    writer.stored.filter(
      ({ kind, person }) =>
        kind === 'sessions' &&
        stytch.membersOf(Number(person.slice(1))).some((member) => couldMiss(trace, writer, person, member)),
    ),
  )
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
 * members was revoked, and a later read-back showed none of their sessions from before that revocation. (A member whom the index has
 * forgotten, or that slips between two pages, is missed, unless they were known from an earlier delivery.)
 */
export function endedRowsAreTrue(trace: Trace): string[] {
  const { run, invocations, asks } = trace
  const { clockSteps, ways } = run.scenario
  const byMember = Map.groupBy([...asks.values()].filter(isDone), ({ member = '' }) => member)
  return [...invocations.values()].flatMap((writer) => {
    const { stored, invocation, messages } = writer
    return stored
      .filter(({ kind }) => kind === 'sessions')
      .flatMap(({ person, resetAt, index }) => {
        const naming = messages.filter(
          (message) => message.rows.has(person) && resetIn(message, person) === resetAt,
        )
        const members = run.world.stytch
          .membersOf(Number(person.slice(1)))
          .filter((member) => isToEnd(member, { person, naming, writer }))
        const isOver = members.every((member) => hasEnded(byMember.get(member) ?? [], resetAt, index))
        return [
          ...(naming.length > 0
            ? []
            : [`${invocation} wrote that sessions of ${person} ended for another reset`]),
          ...(isOver ? [] : [`${invocation} wrote that sessions of ${person} ended, which is not known`]),
        ]
      })
  })

  function isToEnd(
    member: string,
    { person, naming, writer }: { person: string; naming: readonly Message[]; writer: Invocation },
  ): boolean {
    const isKnown = (message: Message) =>
      [...earlierDeliveries(trace, message, person)].some((earlier) =>
        earlier.asks.some((ask) => ask.member === member),
      )
    return !couldMiss(trace, writer, person, member) || naming.every(isKnown)
  }

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
export function nobodyElseIsLoggedOut({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap((one) => {
    const { invocation, role, mode, messages, asks, calls, stored, sent } = one
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
      ...(mode === 'dry_run' ? asks : strangers).map(
        ({ member }) => `${invocation} has no business with ${member}`,
      ),
      ...calls.map(({ person }) => `${invocation} reset ${person}`),
      ...rows.map(({ kind, person }) => `${invocation} wrote a row of ${kind} for ${person}`),
      ...others.map(({ message }) => `${invocation} sent ${message}`),
    ]
  })
}

/**
 * Nobody is logged out again whose sessions have ended, by the ledger, for every reset that they were passed on for. One whom the message
 * says to be logged out is read back first, unless it also says that an old session was there all the same; whether there is a reason then,
 * nobodyIsLoggedOutForNothing judges.
 */
export function nobodyEndedIsLoggedOut({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ invocation, asks, endedReads, messages }) =>
    asks
      .filter(({ endpoint }) => endpoint === 'revoke')
      .filter(({ people: [person = ''], member, index }) => {
        const found = messages.flatMap(({ rows }) => rows.get(person) ?? []).flatMap((row) => row.found ?? [])
        if (found.some(({ member_id, alive }) => alive && member_id === member)) return false
        const reads = endedReads
          .filter((read) => read.index < index)
          .flatMap(({ ended }) => ended.filter(([who]) => who === person))
        const known = reads.at(-1)
        if (
          asks.some((ask) => ask.endpoint === 'read back' && ask.people.includes(person) && ask.index < index)
        )
          return false
        const endedFor = known?.[1] ?? Number.NEGATIVE_INFINITY
        const naming = messages.filter(({ rows }) => rows.has(person))
        return known === undefined || naming.every((message) => resetIn(message, person) <= endedFor)
      })
      .map(({ member }) => `${invocation} logged ${member} out, whose sessions had ended by the ledger`),
  )
}

/** What is read may lag behind. */
const LOOK_AGAIN_MS = 1000

/**
 * A member who has been logged out since they were passed on is logged out again only after two looks, a second apart, that showed a
 * session from before, of any member that the person is. (A process that died knew of a log-out, and could not say so.)
 */
export function nobodyIsLoggedOutForNothing(trace: Trace): string[] {
  const { clockSteps, ways } = trace.run.scenario
  // Without Stytch's clock a session is old by ours.
  if (!ways.sendsDate && clockSteps.length > 0) return []
  return [...trace.invocations.values()].flatMap((invocation) =>
    invocation.asks
      .filter(({ endpoint }) => endpoint === 'revoke')
      .flatMap((again) => {
        const { index, member, people } = again
        const [person = ''] = people
        const before = askedSincePassedOn(trace, invocation, person).filter((ask) => ask.index < index)
        const revocations = before.filter(
          (ask) => ask.endpoint === 'revoke' && isDone(ask) && (ask.answered?.index ?? index) < index,
        )
        const last = revocations.findLast((ask) => ask.member === member)
        if (!last) return []
        const lastAt = Math.max(...revocations.map(({ answered }) => answered?.at ?? 0))
        const looks = before.filter(
          (ask) =>
            ask.endpoint === 'read back' &&
            ask.index > last.index &&
            // Stytch names whole seconds.
            ask.answered?.shown.some((startedAt) => startedAt < lastAt + 1000),
        )
        const isSeenTwice = (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0) >= LOOK_AGAIN_MS
        return isSeenTwice ? [] : [`${invocation.invocation} logged ${member} out again without a reason`]
      }),
  )
}
