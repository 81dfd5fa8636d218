import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import { couldMiss, earlierDeliveries } from './deliveries.ts'
import type { Ask, Invocation, Message, Trace } from './trace.ts'

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
      const answered = searchesFor(person).filter((ask) => ask.invocation === invocation.invocation)
      // Of several messages about somebody, one may have been looked at before the index was there.
      const could =
        answered.length > 0 && answered.every(({ reachedAt = 0 }) => reachedAt >= stytch.indexedAt)
      const isThere = stytch
        .membersOf(Number(person.slice(1)))
        .some((member) => !couldMiss(trace, invocation, person, member))
      const passedOnAt = firstKnown(invocation, person, `${event_source} ${event_id}`, new Set())
      const lookedForMs = (invocation.overAt ?? Number.POSITIVE_INFINITY) - passedOnAt
      const searches = searchesFor(person).filter(({ reachedAt = 0 }) => reachedAt >= passedOnAt)
      return [
        ...(isThere && could ? [`${invocation.invocation} did not see ${person}`] : []),
        ...(searches.length < MIN_SEARCHES
          ? [`${invocation.invocation} searched too seldom for ${person}`]
          : []),
        ...(lookedForMs < LOOKED_FOR_MS ? [`${invocation.invocation} gave ${person} up too soon`] : []),
      ]
    }),
  )

  function searchesFor(person: string): Ask[] {
    return [...trace.asks.values()].filter(
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

const MAX_MISSES = 6

/** Nobody is looked for again after seven searches, since they were passed on, have found nobody. */
export function nobodyIsLookedForForEver(trace: Trace): string[] {
  const { people } = trace.run.world
  return [...trace.invocations.values()].flatMap((invocation) =>
    invocation.messages.flatMap((message) =>
      [...message.rows.keys()].flatMap((person) => {
        const isNamedOnce = invocation.messages.filter(({ rows }) => rows.has(person)).length === 1
        if (!isNamedOnce || !isMissed(invocation, message, person)) return []
        const earlier = [...earlierDeliveries(trace, message, person)]
        const misses = earlier.filter((one) => isMissed(one, message, person)).length
        return misses >= MAX_MISSES
          ? [`${invocation.invocation} looks for ${person} after ${misses + 1} searches`]
          : []
      }),
    ),
  )

  function isMissed({ outcomes }: Invocation, { json }: Message, person: string): boolean {
    return outcomes.some(
      ({ outcome, code, event_source, event_id, person: key = '' }) =>
        outcome === 'deferred' &&
        code === 'no_member_found' &&
        `${event_source} ${event_id}` === json?.id &&
        people.keyed(key) === person,
    )
  }
}

const TRIES = 3
const ANSWERS_TO_GROW = 5

/**
 * After a search for several people was not answered in time, each time that it was tried, an environment searches for half as many at
 * most, until five other searches were answered. What it had begun goes on, and counts when it is answered.
 */
export function slowSearchesGetSmaller({ asks }: Trace): string[] {
  const searches = [...asks.values()].filter(({ endpoint }) => endpoint.startsWith('search'))
  return [...Map.groupBy(searches, ({ environment }) => environment).values()].flatMap((own) =>
    own.flatMap((slow) => {
      const { answered, index, people, invocation } = slow
      const tries = own.filter((ask) => ask.index <= index && isSame(ask, slow)).slice(-TRIES)
      if (people.length === 1 || tries.length < TRIES || !answered || !tries.every(isTooSlow)) return []
      const begun = own.filter((ask) => ask.index < answered.index && ask.invocation === invocation)
      const later = own.filter(
        (ask) => ask.index > answered.index && !begun.some((one) => isOfSame(one, ask)),
      )
      const answers = own
        .flatMap((ask) => {
          const { answered: of } = ask
          const isLast = ask.endpoint === 'search members' || nextOf(ask, own)?.endpoint !== 'search members'
          return isLast && of?.as === 'done' && of.index > answered.index ? [of.index] : []
        })
        .sort((one, other) => one - other)
      const growsAt = answers[ANSWERS_TO_GROW - 1] ?? Number.POSITIVE_INFINITY
      return later
        .filter((ask) => ask.index < growsAt && ask.people.length > Math.ceil(people.length / 2))
        .map((ask) => `${ask.invocation} searched for ${ask.people.length} people at once, as slow as before`)
    }),
  )
}

const isTooSlow = ({ answered }: Ask) => answered?.as === 'timeout'

const isSame = (one: Ask, other: Ask) => one.endpoint === other.endpoint && isOfSame(one, other)

const nextOf = (ask: Ask, own: readonly Ask[]) =>
  own.find((other) => other.index > ask.index && isOfSame(ask, other))

/** Whether both search for the same people, be it for their organizations or for them. */
function isOfSame(one: Ask, other: Ask): boolean {
  return one.invocation === other.invocation && one.people.join() === other.people.join()
}
