import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'
import { countLines, type EndCounts, toSessionCounts } from './counts.ts'

/** The sessions that Stytch has ended, and of how many people. */
export type EndedSessions = { ended: number; people: number }

/** Counts the sessions that ended, by Stytch's own records. */
export function countEndedSessions(stytch: Pick<StytchSimulator, 'sessions'>): EndedSessions {
  const ended = stytch.sessions().filter(({ revokedAt }) => revokedAt !== undefined)
  return { ended: ended.length, people: new Set(ended.map(({ email }) => email.toLowerCase())).size }
}

/** The sessions that ended, in lines of text, and how end-sessions ended with whom. */
export function sessionLines(title: string, { ended, people }: EndedSessions, passedOn: EndCounts): string[] {
  const whose = people === 1 ? '1 person' : `${people} people`
  return [`${title}: ${ended} ended, of ${whose}`, ...countLines(passedOn)]
}

/** The sessions that ended, and how end-sessions ended with whom, as one object. */
export function toSessionFields({ ended, people }: EndedSessions, passedOn: EndCounts) {
  return {
    sessions_ended: ended,
    people_with_sessions_ended: people,
    end_sessions: toSessionCounts(passedOn),
  }
}

/**
 * Counts stolen sessions alive, by Stytch's own records. `people`: whose sessions had to end, by e-mail. Of theirs, one is stolen and
 * alive that began before their last reset and is neither revoked nor over. `now` in ms.
 */
export function countStolenSessions(
  stytch: Pick<StytchSimulator, 'sessions' | 'calls'>,
  people: ReadonlySet<string>,
  now: number,
): number {
  const resetAt = new Map<string, number>()
  for (const { email, at } of stytch.calls()) resetAt.set(email, at)
  return stytch.sessions().filter(({ email, startedAt, expiresAt, revokedAt }) => {
    const person = email.toLowerCase()
    const isAlive = revokedAt === undefined && expiresAt > now
    return isAlive && people.has(person) && startedAt <= (resetAt.get(person) ?? now)
  }).length
}

/** Signs in people whose sessions have ended, now, and returns a function that counts how many of their new sessions are still open. */
export function signIn(
  stytch: Pick<StytchSimulator, 'addSession' | 'sessions'>,
  emails: Iterable<string>,
): { begun: number; countAlive: () => number } {
  const begun = new Set<string>()
  for (const email of emails) for (const { sessionId } of stytch.addSession({ email })) begun.add(sessionId)
  return {
    begun: begun.size,
    countAlive: () =>
      stytch.sessions().filter(({ sessionId, revokedAt }) => begun.has(sessionId) && revokedAt === undefined)
        .length,
  }
}
