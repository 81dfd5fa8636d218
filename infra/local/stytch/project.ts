import { randomUUID } from 'node:crypto'
import { createPasswordBook, type PasswordBook } from './password-book.ts'
import { createSessionBook, type Lifetime, type SessionBook, type SimulatedSession } from './session-book.ts'

/**
 * A Stytch project in memory. Adding throws for an unknown organization, a taken id, or a second member with the same e-mail
 * in one organization. `now` in ms.
 */
export function createProjectState(now: () => number): ProjectState {
  const organizations = new Map<string, SimulatedOrganization>()
  const members = new Map<string, SimulatedMember>()
  const byReference = new Map<string, SimulatedOrganization>()
  const byEmail = new Map<string, SimulatedMember[]>()

  function addOrganization(given: NewOrganization = {}): SimulatedOrganization {
    const uuid = randomUUID()
    const slug = given.slug ?? `org-${uuid}`
    const defaults = { organizationId: `organization-test-${uuid}`, slug, name: slug, suspended: false }
    const organization = { ...defaults, ...given, createdAt: now() }
    const { organizationId, externalId } = organization
    const references = [organizationId, slug, ...(externalId ? [externalId] : [])]
    const taken = references.find((reference) => byReference.has(reference))
    if (taken) throw new Error(`the organization ${taken} already exists`)
    organizations.set(organizationId, organization)
    for (const reference of references) byReference.set(reference, organization)
    return organization
  }

  function addMember(given: NewMember): SimulatedMember {
    const { memberId = `member-test-${randomUUID()}` } = given
    const defaults = { name: '', status: 'active' as const, breakGlass: false }
    // Not the caller's string: a million members would keep a million copies of it.
    const organizationId = organizations.get(given.organizationId)?.organizationId
    if (!organizationId) throw new Error(`there is no organization ${given.organizationId}`)
    const member = { ...defaults, ...given, memberId, organizationId, createdAt: now() }
    if (members.has(memberId)) throw new Error(`the member ${memberId} already exists`)
    const key = member.email.toLowerCase()
    const others = byEmail.get(key) ?? []
    if (others.some((other) => other.organizationId === organizationId && other.status !== 'deleted'))
      throw new Error(`${organizationId} already has a member with the e-mail of ${memberId}`)
    members.set(memberId, member)
    // A spread would reserve room for sixteen more.
    byEmail.set(key, others.concat(member))
    return member
  }

  const everyMemberOf = (email: string) => byEmail.get(email.toLowerCase()) ?? []
  const membersOf = (email: string) => everyMemberOf(email).filter(({ status }) => status !== 'deleted')
  const sessions = createSessionBook(now)

  function addSession({ memberId, email = '', ...lifetime }: NewSession): SimulatedSession[] {
    const member = memberId === undefined ? undefined : members.get(memberId)
    const named = memberId === undefined ? membersOf(email) : member ? [member] : []
    if (named.length === 0) throw new Error('a session needs a member with this id or e-mail')
    return named.map((one) => sessions.add(one, lifetime))
  }

  return {
    now,
    passwords: createPasswordBook(),
    sessions,
    addOrganization,
    addMember,
    addSession,
    organizations: () => [...organizations.values()],
    members: () => [...members.values()],
    findOrganization: (reference) => byReference.get(reference),
    findMember: (memberId) => members.get(memberId),
    everyMemberOf,
    membersOf,
  }
}

export type SimulatedOrganization = {
  organizationId: string
  slug: string
  name: string
  externalId?: string
  suspended: boolean
  createdAt: number
}

export type SimulatedMember = {
  memberId: string
  organizationId: string
  email: string
  name: string
  status: 'active' | 'pending' | 'invited' | 'deleted'
  externalId?: string
  breakGlass: boolean
  createdAt: number
  /** The searches do not find them for now. */
  isForgotten?: boolean
}

type NewOrganization = Partial<Omit<SimulatedOrganization, 'createdAt'>>
type NewMember = Pick<SimulatedMember, 'organizationId' | 'email'> &
  Partial<Omit<SimulatedMember, 'createdAt'>>

type NewSession = Lifetime & { memberId?: string; email?: string }

export type ProjectState = {
  /** ms since the epoch. */
  now(): number
  passwords: PasswordBook
  sessions: SessionBook
  addOrganization(organization?: NewOrganization): SimulatedOrganization
  addMember(member: NewMember): SimulatedMember
  /** Signs in a member, or every member who has the e-mail and is not deleted. */
  addSession(session: NewSession): SimulatedSession[]
  organizations(): readonly SimulatedOrganization[]
  members(): readonly SimulatedMember[]
  /** By id, slug or external id. */
  findOrganization(reference: string): SimulatedOrganization | undefined
  /** By the canonical id; a deleted member, too. */
  findMember(memberId: string): SimulatedMember | undefined
  /** Every member with this e-mail (in any case), also the deleted. */
  everyMemberOf(email: string): readonly SimulatedMember[]
  /** Every member with this e-mail (in any case) who is not deleted. */
  membersOf(email: string): readonly SimulatedMember[]
}
