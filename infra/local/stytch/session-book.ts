import { numberedUuid } from './numbered-uuid.ts'

/**
 * Keeps every session there ever was, open or over. `now` in ms.
 * Sessions are numbered and each property has a list of its own: a million objects would take twice the memory.
 */
export function createSessionBook(now: () => number): SessionBook {
  const members: Owner[] = []
  const starts: number[] = []
  const expiries: number[] = []
  const revocations: number[] = []
  const previousOfMember: number[] = []
  const latestOfMember = new Map<string, number>()

  function add(member: Owner, { startedAt = now(), lastsMs = MONTH_MS }: Lifetime = {}) {
    const number = members.push(member) - 1
    starts.push(startedAt)
    expiries.push(startedAt + lastsMs)
    revocations.push(NEVER)
    previousOfMember.push(latestOfMember.get(member.memberId) ?? NONE)
    latestOfMember.set(member.memberId, number)
    return describe(member, number)
  }

  function describe({ memberId, organizationId, email }: Owner, number: number): SimulatedSession {
    const revokedAt = revocations[number] ?? NEVER
    return {
      sessionId: `member-session-test-${numberedUuid(number)}`,
      ...{ memberId, organizationId, email },
      startedAt: starts[number] ?? NEVER,
      expiresAt: expiries[number] ?? NEVER,
      ...(revokedAt === NEVER ? {} : { revokedAt }),
    }
  }

  function openNumbers(memberId: string, lagMs = 0): number[] {
    const open: number[] = []
    const isRevoked = (number: number) => (revocations[number] ?? NEVER) <= now() - lagMs
    let number = latestOfMember.get(memberId) ?? NONE
    for (; number !== NONE; number = previousOfMember[number] ?? NONE)
      if (!isRevoked(number) && (expiries[number] ?? NEVER) > now()) open.push(number)
    return open
  }

  return {
    add,
    all: () => members.map(describe),
    open: (member, lagMs) => openNumbers(member.memberId, lagMs).map((number) => describe(member, number)),
    countOpen: ({ memberId }) => openNumbers(memberId).length,
    revoke: ({ memberId }) => {
      const numbers = openNumbers(memberId)
      for (const number of numbers) revocations[number] = now()
      return numbers.length
    },
  }
}

/** Stytch ends a session after an hour unless asked for up to a year. Here long enough that only a revoke ends it. */
const MONTH_MS = 30 * 24 * 3_600_000
const NEVER = Number.POSITIVE_INFINITY
const NONE = -1

/** When a session began, in ms (now unless given), and how long it lasts unless revoked (30 days unless given). */
export type Lifetime = { startedAt?: number; lastsMs?: number }

/** Times in ms. Without `revokedAt` it lasts until `expiresAt`. */
export type SimulatedSession = {
  sessionId: string
  memberId: string
  organizationId: string
  email: string
  startedAt: number
  expiresAt: number
  revokedAt?: number
}

/** The member whose session it is. */
type Owner = { memberId: string; organizationId: string; email: string }

export type SessionBook = {
  add(member: Owner, lifetime?: Lifetime): SimulatedSession
  /** In the order in which they were added. */
  all(): readonly SimulatedSession[]
  /** Those of the member that are neither revoked, or only since `lagMs`, nor expired. */
  open(member: Owner, lagMs?: number): readonly SimulatedSession[]
  countOpen(member: Owner): number
  /** Ends all that are open. Returns how many. */
  revoke(member: Owner): number
}
