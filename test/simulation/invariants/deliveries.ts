import { isDone } from './sessions.ts'
import type { Ask, Invocation, Message, Trace } from './trace.ts'

/**
 * The invocations of end-sessions from which a message has what it knows of somebody, the latest first. Ends before one that had been given
 * the person by several messages: which of them it went on with can't be seen.
 */
export function* earlierDeliveries(
  { invocations }: Trace,
  message: Message,
  person: string,
): Iterable<Invocation> {
  let current: Message | undefined = message
  while (current) {
    const sender = invocations.get(current.by)
    if (sender?.role !== 'end-sessions') return
    const [origin, ...others] = sender.messages.filter(({ rows }) => rows.has(person))
    if (!origin || others.length > 0) return
    yield sender
    current = origin
  }
}

/** What has been asked about a person since they were passed on, up to an invocation that was given them by a single message. */
function askedSincePassedOn(trace: Trace, invocation: Invocation, person: string): Ask[] {
  const [message, ...others] = invocation.messages.filter(({ rows }) => rows.has(person))
  if (!message || others.length > 0) return []
  return [...earlierDeliveries(trace, message, person)]
    .reverse()
    .concat(invocation)
    .flatMap(({ asks }) => asks.filter(({ people }) => people.includes(person)))
}

/** What is read may lag behind. */
const LOOK_AGAIN_MS = 1000

/**
 * A member who has been logged out since they were passed on is logged out again only after two looks, a second apart, that showed a
 * session from before. (A process that died knew of a log-out, and could not say so.)
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
            ask.member === member &&
            ask.index > last.index &&
            // Stytch names whole seconds.
            ask.answered?.shown.some((startedAt) => startedAt < lastAt + 1000),
        )
        const isSeenTwice = (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0) >= LOOK_AGAIN_MS
        return isSeenTwice ? [] : [`${invocation.invocation} logged ${member} out again without a reason`]
      }),
  )
}

const MAX_MISSES = 6

/** Nobody is looked for again after seven searches, since they were passed on, have found nobody. */
export function nobodyIsLookedForForEver(trace: Trace): string[] {
  const { people } = trace.run.world
  return [...trace.invocations.values()].flatMap((invocation) =>
    invocation.messages.flatMap((message) =>
      [...message.rows.keys()].flatMap((person) => {
        if (!isMissed(invocation, message, person)) return []
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
