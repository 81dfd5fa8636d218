import { randomUUID } from 'node:crypto'
import { createPasswordBook, type PasswordBook } from './create-password-book.ts'

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
}

export type NewOrganization = Partial<Omit<SimulatedOrganization, 'createdAt'>>
export type NewMember = Pick<SimulatedMember, 'organizationId' | 'email'> &
  Partial<Omit<SimulatedMember, 'createdAt'>>

export type ProjectState = {
  passwords: PasswordBook
  addOrganization(organization?: NewOrganization): SimulatedOrganization
  addMember(member: NewMember): SimulatedMember
  members(): readonly SimulatedMember[]
  /** By id, slug or external id. */
  findOrganization(reference: string): SimulatedOrganization | undefined
  /** Every member of an e-mail (any case), the deleted ones left out. */
  membersOf(email: string): readonly SimulatedMember[]
}

/** A Stytch project in memory. Adding throws on an unknown organization, a taken id, or a second member of an e-mail in one organization. `now` in ms. */
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
    // The organization's own text: whoever adds a million members brings a copy of it for each.
    const organizationId = organizations.get(given.organizationId)?.organizationId
    if (!organizationId) throw new Error(`there is no organization ${given.organizationId}`)
    const member = { ...defaults, ...given, memberId, organizationId, createdAt: now() }
    if (members.has(memberId)) throw new Error(`the member ${memberId} already exists`)
    const key = member.email.toLowerCase()
    const others = byEmail.get(key) ?? []
    if (others.some((other) => other.organizationId === organizationId && other.status !== 'deleted'))
      throw new Error(`${organizationId} already has a member with the e-mail of ${memberId}`)
    members.set(memberId, member)
    // A spread would keep room for sixteen more.
    byEmail.set(key, others.concat(member))
    return member
  }

  return {
    passwords: createPasswordBook(),
    addOrganization,
    addMember,
    members: () => [...members.values()],
    findOrganization: (reference) => byReference.get(reference),
    membersOf: (email) =>
      (byEmail.get(email.toLowerCase()) ?? []).filter(({ status }) => status !== 'deleted'),
  }
}
