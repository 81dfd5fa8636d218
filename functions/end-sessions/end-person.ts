import type { SessionsEvent } from '../../lib/contract/breach-event.ts'
import { allOrFirstError } from '../../lib/flow/concurrency.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { LEDGER_UNAVAILABLE } from '../../lib/step/invocation.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { dateOf } from '../../lib/stytch/judge-answer.ts'
import type { FoundMember } from '../../lib/stytch/search.ts'
import { judgeRevoke, judgeSessions, readSessions, revokeSessions } from '../../lib/stytch/sessions.ts'
import { type Asking, ask, type Undone } from './ask.ts'
import { asDeferred, asUndone, type Outcome, type Person } from './person.ts'

/** A person whose sessions are to end. `key`: their pseudonym in the ledger. `members`: everything that they are at Stytch. */
type EndRequest = { person: Person; key: string; event: SessionsEvent; members: readonly FoundMember[] }

/** Ends the sessions of all members that a person is, and records it once none is left. */
export async function endPerson(asking: Asking, request: EndRequest): Promise<Outcome> {
  const { person, members } = request
  const startedAt = asking.environment.now()
  const open = members.filter(({ memberId }) => !person.ended.includes(memberId))
  const ends = await allOrFirstError(open.map((member) => endMember(asking, member)))
  const ended = ends.flatMap((end) => (end.kind === 'ended' ? [end.memberId] : []))
  const rest = { ...person, ended: [...person.ended, ...ended] }

  const undone = ends.filter((end) => end.kind !== 'ended')
  // Somebody who is given up because of one member would keep the sessions of another, which could still end.
  const next = undone.find(({ kind }) => kind !== 'refused') ?? undone[0]
  return next ? asUndone(rest, next) : record(asking, request, rest, startedAt)
}

const ROUNDS = 2

/** Revokes the sessions of a member until a read-back shows none from before the revoke, at most twice. Repeating it only logs out. */
async function endMember(
  asking: Asking,
  member: FoundMember,
): Promise<{ kind: 'ended'; memberId: string } | Undone> {
  const judgeRead = (answer: Answer, now: number) => judgeSessions(answer, member, now)
  let requestId: string | undefined
  for (let round = 1; round <= ROUNDS; round++) {
    const revoked = await ask(asking, 'revoke', revokeSessions(member), judgeRevoke)
    if (revoked.kind !== 'done') return revoked
    const read = await ask(asking, 'readBack', readSessions(member), judgeRead)
    if (read.kind !== 'done') return read
    const isOld = (startedAt: number) => startedAt < revokedBy(revoked)
    if (!read.verdict.startedAt.some(isOld)) return { kind: 'ended', memberId: member.memberId }
    requestId = read.verdict.requestId
  }
  return { kind: 'stopped', stop: { code: 'sessions_alive', delay: 'growing' }, requestId }
}

/** Up to when sessions began before a revoke, by Stytch's clock, which names whole seconds. Without it by ours: `startedAt`. */
function revokedBy({ answer, startedAt }: { answer: Answer; startedAt: number }): number {
  const date = dateOf(answer)
  return date === undefined ? startedAt : date + 1000
}

/** If the row can't be written, the person waits for the ledger, and nobody else is called meanwhile. */
async function record(
  { environment, invocation }: Asking,
  { person: { resetAt }, key, event }: EndRequest,
  rest: Person,
  endedAt: number,
): Promise<Outcome> {
  try {
    const row = { person: key, resetAt, endedAt, source: event.source, eventId: event.id }
    await environment.ledgerWriter.write(row)
    return { kind: 'ended' }
  } catch (error) {
    reportUnavailable(environment.observe, 'ledger unavailable', error)
    invocation.stop(LEDGER_UNAVAILABLE)
    return asDeferred(rest, LEDGER_UNAVAILABLE)
  }
}
