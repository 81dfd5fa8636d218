import type { ProjectState } from '../../../infra/local/stytch/project.ts'
import { isOngoing, type MemberTrouble } from '../scenario/faults.ts'

/** Each leaves one more session, and all are listed in each look. */
const MAX_EXCHANGES = 4

export type Members = ReturnType<typeof createMembers>

/** Creates what can become of members and their sessions beside what the product does. `emailOf`: as Stytch knows it. */
export function createMembers(
  project: ProjectState,
  { troubles, emailOf }: { troubles: readonly MemberTrouble[]; emailOf: (person: number) => string },
) {
  const startedAt = project.now()
  /** When the session began that a session was exchanged for, directly or not. */
  const origins = new Map<string, number>()
  const exchanged = new Map<string, number>()

  function memberIn({ person, member }: MemberTrouble) {
    return project.everyMemberOf(emailOf(person))[member]
  }

  function isIn(trouble: MemberTrouble['as'], memberId: string | undefined, at = project.now()): boolean {
    return troubles.some(
      (one) => one.as === trouble && memberIn(one)?.memberId === memberId && isOngoing(one, at - startedAt),
    )
  }

  return {
    isIn,
    /** Has the index forget members, or know them again. */
    updateIndex: () => {
      for (const trouble of troubles) {
        const member = memberIn(trouble)
        if (member) member.isForgotten = isIn('forgotten', member.memberId)
      }
    },
    signIn: (memberId: string, from = project.now()) => {
      if (project.findMember(memberId)?.status !== 'deleted')
        project.addSession({ memberId, startedAt: from })
    },
    delete: (memberId: string) => {
      const member = project.findMember(memberId)
      if (!member) return
      project.sessions.revoke(member)
      member.status = 'deleted'
    },
    /**
     * Exchanges a session of another member with the same e-mail for one of this member, a few times for each e-mail. Returns that
     * other member.
     */
    exchange: (memberId: string): string | undefined => {
      const member = project.findMember(memberId)
      if (!member || member.status === 'deleted') return undefined
      const others = project.membersOf(member.email).filter((other) => other !== member)
      const [session] = others.flatMap((other) => project.sessions.open(other))
      if (!session) return undefined
      const before = exchanged.get(member.email) ?? 0
      if (before >= MAX_EXCHANGES) return undefined
      exchanged.set(member.email, before + 1)
      const { sessionId } = project.sessions.add(member)
      origins.set(sessionId, origins.get(session.sessionId) ?? session.startedAt)
      return session.memberId
    },
    /** All there ever were. One that was exchanged began with the first of them. */
    sessions: () =>
      project.sessions.all().map((session) => ({
        ...session,
        startedAt: origins.get(session.sessionId) ?? session.startedAt,
      })),
  }
}
