import type { SessionsEvent } from '../../lib/contract/breach-event.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { LEDGER_UNAVAILABLE, stoppedAlone } from '../../lib/step/invocation.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { dateOf } from '../../lib/stytch/judge-answer.ts'
import type { MemberIds } from '../../lib/stytch/search.ts'
import { judgeRevoke, judgeSessions, readSessions, revokeSessions } from '../../lib/stytch/sessions.ts'
import { type Asking, ask, type Undone } from './ask.ts'
import { asDeferred, asUndone, type KnownMember, type Outcome, type Person } from './person.ts'

/**
 * A person whose sessions are to end. `key`: their pseudonym in the ledger. `found`: the members that the search shows now. `covered`: how
 * they end if the ledger says already that their sessions have ended.
 */
export type EndRequest = {
  person: Person
  key: string
  event: SessionsEvent
  found: readonly MemberIds[]
  covered?: Outcome
}

/**
 * What became of a member: what is known of them now, and why their sessions have not ended, if they have not. `isOpen`: whether any
 * session was open at the last look.
 */
type MemberEnd = { member: KnownMember; undone?: Undone; isOpen?: boolean; requestId?: string | undefined }

/**
 * Ends the sessions of all members that a person is, and records it once none is left. A member who was revoked in an earlier delivery is only
 * read back, so that somebody who has signed in since is not logged out again.
 */
export async function endPerson(asking: Asking, request: EndRequest): Promise<Outcome> {
  const { person, found } = request
  const startedAt = asking.environment.now()
  const members = new Map<string, KnownMember>(
    [...found, ...person.members].map((one) => [one.memberId, one]),
  )
  const revoked = await allOrFirstError([...members.values()].map((member) => revokeFirst(asking, member)))
  const ends = await readBack(asking, revoked)
  const rest = { ...person, members: ends.map(({ member }) => member) }
  const undone = ends.flatMap((end) => end.undone ?? [])
  // Somebody who is given up because of one member would keep the sessions of another, which could still end.
  const next = undone.find(({ kind }) => kind !== 'refused') ?? undone[0]
  if (next) return asUndone(rest, next)
  if (request.covered) return request.covered
  const requestId = ends.find((end) => end.requestId)?.requestId
  return record(asking, request, { rest, startedAt, requestId })
}

async function revokeFirst(asking: Asking, member: KnownMember): Promise<MemberEnd> {
  return member.revokedAt === undefined || member.isAlive ? revoke(asking, member) : { member }
}

/** Repeating it only logs out. */
async function revoke(asking: Asking, member: KnownMember): Promise<MemberEnd> {
  const revoked = await ask(asking, 'revoke', revokeSessions(member), judgeRevoke)
  if (revoked.kind !== 'done') return { member, undone: revoked }
  const { memberId, organizationId } = member
  return {
    member: { memberId, organizationId, revokedAt: revokedBy(revoked.answer, asking.environment.now()) },
  }
}

/**
 * Up to when sessions began before a revoke, by Stytch's clock, which names whole seconds. Without it by ours, when the answer was there: until
 * then an old session could be exchanged for one that looks new.
 */
function revokedBy(answer: Answer, answeredAt: number): number {
  const date = dateOf(answer)
  return date === undefined ? answeredAt : date + 1000
}

/** What is read may be a copy that lags behind. */
const LAG_MS = 1000

/**
 * Looks, and looks again, whether a session from before is open. An open session can be exchanged for one of another member. So what began
 * before the latest revoke of any of them is from before, and if one is alive, every member with a session is to be revoked again: by the next
 * delivery, whose message says so. If this one revoked, and its message came again, nobody would know of the revoke, and a session that began
 * before it would pass for a new one.
 */
async function readBack(asking: Asking, revoked: readonly MemberEnd[]): Promise<MemberEnd[]> {
  const { environment, invocation } = asking
  const looking = { ...asking, invocation: stoppedAlone(invocation, environment.readBack) }
  const lastRevoke = Math.max(...revoked.map(({ member }) => member.revokedAt ?? Number.NEGATIVE_INFINITY))
  const isClear = ({ member }: MemberEnd) => (member.clearBefore ?? 0) >= lastRevoke
  const look = () =>
    allOrFirstError(
      revoked.map(async (end) => (end.undone || isClear(end) ? end : lookAt(looking, end, lastRevoke))),
    )
  const first = await look()
  // Without time to look again nobody knows whether it only lagged: the next delivery looks first.
  if (!first.some(isAlive) || invocation.latestStart - environment.monotonic() < LAG_MS) return first
  await environment.sleep(LAG_MS)
  const second = await look()
  if (!second.some(isAlive)) return second
  return second.map((end) => (end.isOpen ? { ...end, member: { ...end.member, isAlive: true } } : end))
}

function isAlive({ undone }: MemberEnd): boolean {
  return undone?.kind === 'stopped' && undone.stop === STILL_ALIVE
}

async function lookAt(asking: Asking, { member }: MemberEnd, lastRevoke: number): Promise<MemberEnd> {
  const judge = (answer: Answer, now: number) => judgeSessions(answer, member, now)
  const read = await ask(asking, 'readBack', readSessions(member), judge)
  if (read.kind !== 'done') return { member, undone: read }
  const { startedAt, requestId } = read.verdict
  const isOpen = startedAt.length > 0
  const isClear = startedAt.every((at) => at >= lastRevoke)
  if (isClear) return { member: { ...member, clearBefore: lastRevoke }, isOpen, requestId }
  return { member, isOpen, undone: { kind: 'stopped', stop: STILL_ALIVE, requestId } }
}

const STILL_ALIVE = { code: 'sessions_alive', delay: 'growing' } as const

/** If the row can't be written, the person waits for the ledger, and nobody else is called meanwhile. */
async function record(
  { environment, invocation }: Asking,
  { person: { resetAt }, key, event }: EndRequest,
  { rest, startedAt, requestId }: { rest: Person; startedAt: number; requestId: string | undefined },
): Promise<Outcome> {
  try {
    const row = { person: key, resetAt, endedAt: startedAt, source: event.source, eventId: event.id }
    await environment.ledgerWriter.write(row)
    return { kind: 'ended', at: environment.now(), requestId }
  } catch (error) {
    reportUnavailable(environment.observe, 'ledger unavailable', error)
    invocation.stop(LEDGER_UNAVAILABLE)
    return asDeferred(rest, LEDGER_UNAVAILABLE)
  }
}
