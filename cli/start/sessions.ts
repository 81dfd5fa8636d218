import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'

/** The sessions that Stytch has ended, and of how many people; and those that it should have ended. */
export type SessionCounts = { ended: number; people: number; stolenAlive: number }

/**
 * Counts sessions by Stytch's own records. `people`: whose sessions had to end, by e-mail. Of theirs, one is a stolen one alive that
 * began before their last reset and is neither revoked nor over. `now` in ms.
 */
export function countSessions(
  stytch: Pick<StytchSimulator, 'sessions' | 'calls'>,
  people: ReadonlySet<string>,
  now: number,
): SessionCounts {
  const resetAt = new Map<string, number>()
  for (const { email, at } of stytch.calls()) resetAt.set(email, at)
  const ended = new Set<string>()
  const counts = { ended: 0, people: 0, stolenAlive: 0 }
  for (const session of stytch.sessions()) {
    const email = session.email.toLowerCase()
    if (session.revokedAt !== undefined) {
      counts.ended++
      ended.add(email)
    } else if (people.has(email) && session.expiresAt > now) {
      if (session.startedAt <= (resetAt.get(email) ?? now)) counts.stolenAlive++
    }
  }
  return { ...counts, people: ended.size }
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
