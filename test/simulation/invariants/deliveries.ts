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
export function askedSincePassedOn(trace: Trace, invocation: Invocation, person: string): Ask[] {
  const [message, ...others] = invocation.messages.filter(({ rows }) => rows.has(person))
  if (!message || others.length > 0) return []
  return [...earlierDeliveries(trace, message, person)]
    .reverse()
    .concat(invocation)
    .flatMap(({ asks }) => asks.filter(({ people }) => people.includes(person)))
}

/** Of Stytch's answers, those after which a member has no session from before. */
const NO_SESSION = ['done', '404 session_not_found', '404 member_not_found']

export const isDone = ({ answered }: Ask) => answered !== undefined && NO_SESSION.includes(answered.as)

/**
 * Whether a search of an invocation could miss a member, because the index had forgotten them, at least for a moment, or because its
 * pages moved on when another member was deleted between two of them.
 */
export function couldMiss(
  { run, deletions }: Trace,
  { asks }: Invocation,
  person: string,
  member: string,
): boolean {
  const searches = asks.filter(
    ({ endpoint, people }) => endpoint.startsWith('search') && people.includes(person),
  )
  const [from = 0, to = 0] = [searches[0]?.at, searches.at(-1)?.at]
  return (
    searches.some(({ reachedAt = 0 }) => run.world.stytch.isForgotten(member, reachedAt)) ||
    deletions.some((at) => at >= from && at <= to)
  )
}
