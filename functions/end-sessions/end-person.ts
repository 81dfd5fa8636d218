import type { SessionsEvent } from '../../lib/contract/breach-event.ts'
import { reportUnavailable } from '../../lib/observability/observe.ts'
import { type CallResult, callStytch } from '../../lib/step/call-stytch.ts'
import { type Calls, LEDGER_UNAVAILABLE, type Stop } from '../../lib/step/invocation.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { dateOf } from '../../lib/stytch/judge-answer.ts'
import type { FoundMember } from '../../lib/stytch/search.ts'
import { judgeRevoke, judgeSessions, readSessions, revokeSessions } from '../../lib/stytch/sessions.ts'
import type { Environment } from './environment.ts'
import type { Outcome, Person } from './person.ts'

/** A person whose sessions are to end. `key`: their pseudonym in the ledger. `members`: everything that they are at Stytch. */
type EndRequest = {
  person: Person
  key: string
  event: SessionsEvent
  members: readonly FoundMember[]
  credentials: Credentials
  invocation: Calls
}

/** Ends the sessions of all members that a person is, and records it once none is left. */
export async function endPerson(environment: Environment, request: EndRequest): Promise<Outcome> {
  const { person, members } = request
  const startedAt = environment.now()
  const open = members.filter(({ memberId }) => !person.ended.includes(memberId))
  const ends = await Promise.all(open.map((member) => endMember(environment, member, request)))
  const ended = [...person.ended, ...ends.flatMap((end) => (end.kind === 'ended' ? [end.memberId] : []))]
  const rest = { ...person, ended }

  const refused = ends.find((end) => end.kind === 'refused')
  if (refused) return { ...refused, kind: 'dead_lettered', code: 'sessions_refused' }
  const stopped = ends.find((end) => end.kind === 'none')
  if (stopped) return { kind: 'deferred', stop: stopped.stop, rest, requestId: stopped.requestId }
  return record(environment, request, rest, startedAt)
}

type MemberEnd =
  | { kind: 'ended'; memberId: string }
  | { kind: 'none'; stop: Stop; requestId?: string | undefined }
  | { kind: 'refused'; reason: string; detail: string; unknown: boolean; requestId: string | undefined }

const ROUNDS = 2

/** Revokes the sessions of a member until a read-back shows none from before the revoke, at most twice. Repeating it only logs out. */
async function endMember(
  environment: Environment,
  member: FoundMember,
  { credentials, invocation }: EndRequest,
): Promise<MemberEnd> {
  const revoke = {
    ask: (used: Credentials) => environment.askStytch(revokeSessions(member), used),
    judge: judgeRevoke,
  }
  const readBack = {
    ask: (used: Credentials) => environment.askStytch(readSessions(member), used),
    judge: (answer: Answer, now: number) => judgeSessions(answer, member, now),
  }
  let requestId: string | undefined
  for (let round = 1; round <= ROUNDS; round++) {
    const revoked = await callStytch(environment.revoke, revoke, credentials, invocation)
    if (revoked.kind === 'none' || revoked.verdict.kind !== 'revoked') return toEnd('revoke', revoked)
    const read = await callStytch(environment.readBack, readBack, credentials, invocation)
    if (read.kind === 'none' || read.verdict.kind !== 'sessions') return toEnd('read-back', read)
    const isOld = (startedAt: number) => startedAt < revokedBy(revoked.answer, revoked.startedAt)
    if (!read.verdict.startedAt.some(isOld)) return { kind: 'ended', memberId: member.memberId }
    requestId = read.verdict.requestId
  }
  return { kind: 'none', stop: { code: 'sessions_alive', delay: 'growing' }, requestId }
}

/** Up to when sessions began before a revoke, by Stytch's clock, which names whole seconds. Without it by ours: `startedAt`. */
function revokedBy(answer: Answer, startedAt: number): number {
  const date = dateOf(answer)
  return date === undefined ? startedAt : date + 1000
}

function toEnd(
  what: 'revoke' | 'read-back',
  result: CallResult<{ kind: 'revoked' | 'sessions' }>,
): MemberEnd {
  if (result.kind === 'none') return result
  const { verdict } = result
  if (verdict.kind !== 'refused' && verdict.kind !== 'unusable') throw new TypeError('the call was answered')
  const { code, requestId } = verdict
  if (verdict.kind === 'unusable') return { kind: 'none', stop: { code, delay: 'growing' }, requestId }
  return { kind: 'refused', reason: code, detail: `${what}: ${code}`, unknown: verdict.unknown, requestId }
}

/** If the row can't be written, the person waits for the ledger, and nobody else is called meanwhile. */
async function record(
  environment: Environment,
  { person: { resetAt }, key, event, invocation }: EndRequest,
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
    return { kind: 'deferred', stop: LEDGER_UNAVAILABLE, rest }
  }
}
