import { randomUUID } from 'node:crypto'

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

type NewOrganization = Partial<Omit<SimulatedOrganization, 'createdAt'>>
type NewMember = Pick<SimulatedMember, 'organizationId' | 'email'> &
  Partial<Omit<SimulatedMember, 'createdAt'>>

export type ProjectState = {
  passwords: PasswordBook
  addOrganization(organization?: NewOrganization): SimulatedOrganization
  addMember(member: NewMember): SimulatedMember
  members(): readonly SimulatedMember[]
  /** By id, slug or external id. */
  findOrganization(reference: string): SimulatedOrganization | undefined
  /** Every member with this e-mail (in any case) who is not deleted. */
  membersOf(email: string): readonly SimulatedMember[]
}

/** What a call does to the password. One that is already marked is marked again. */
export type CallEffect = 'deleted' | 'reset_required' | 'none'

/** Numbered in the order in which they were set: with a million members, ids as text would take most of the memory. */
type StoredPassword = { number: number; state: 'usable' | 'reset_required'; setAt: number }

type PasswordBook = {
  /** The member chose a new password, which replaces any other. `at` in ms. */
  set(email: string, at: number): void
  find(email: string): StoredPassword | undefined
  /** Carries out the effect of a call. Returns when the deleted password had been set, in ms. */
  change(email: string, effect: CallEffect): number | undefined
}

/** Keeps the one password that an e-mail has for all its organizations (cross-org passwords). Upper and lower case are the same. */
function createPasswordBook(): PasswordBook {
  const passwords = new Map<string, StoredPassword>()
  let everSet = 0

  function change(email: string, effect: CallEffect): number | undefined {
    const key = email.toLowerCase()
    const password = passwords.get(key)
    if (!password || effect === 'none') return undefined
    if (effect === 'reset_required') {
      passwords.set(key, { ...password, state: 'reset_required' })
      return undefined
    }
    passwords.delete(key)
    return password.setAt
  }

  return {
    set: (email, at) =>
      void passwords.set(email.toLowerCase(), {
        number: everSet++,
        state: 'usable',
        setAt: at,
      }),
    find: (email) => passwords.get(email.toLowerCase()),
    change,
  }
}

export type PasswordStatus = { state: 'none' | 'usable' | 'reset_required'; setAt?: number }

/** The password of an e-mail (in any case) as an outside check sees it. `setAt` in ms. */
export function passwordStatus(passwords: PasswordBook, email: string): PasswordStatus {
  const password = passwords.find(email)
  return password ? { state: password.state, setAt: password.setAt } : { state: 'none' }
}

/** The UUID with this number: the same number gives the same UUID. */
export function numberedUuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
