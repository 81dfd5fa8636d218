import type { ProjectState, SimulatedMember, SimulatedOrganization } from './project.ts'
import { emailsOf, type Search } from './search-query.ts'
import type { SimulatorSettings } from './settings.ts'
import { madeUpMember } from './stranger.ts'

/** Finds the members of the named organizations whom every filter lets through. Deleted members are found only by status. */
export function findMembers(
  project: ProjectState,
  search: Search,
  settings: SimulatorSettings,
): SimulatedMember[] {
  const { filters } = search
  const organizations = organizationsOf(project, search)
  const namesStatuses = filters.some(({ name }) => name === 'statuses')
  return candidates(project, search).filter(
    (member) =>
      organizations.has(member.organizationId) &&
      isIndexed(project, member, settings) &&
      (namesStatuses || member.status !== 'deleted') &&
      filters.every(({ name, values }) => values.has(name === 'statuses' ? member.status : emailOf(member))),
  )
}

/** Finds the organizations that have a member, not deleted, with one of the e-mails; all organizations for no e-mails. */
export function findOrganizations(
  project: ProjectState,
  search: Search,
  settings: SimulatorSettings,
): readonly SimulatedOrganization[] {
  if (search.filters.length === 0) return project.organizations()
  const organizationIds = candidates(project, search)
    .filter((member) => member.status !== 'deleted' && isIndexed(project, member, settings))
    .map(({ organizationId }) => organizationId)
  return [...new Set(organizationIds)].flatMap((id) => project.findOrganization(id) ?? [])
}

/** Finds somebody of the named organizations whom the search does not ask for, or makes somebody up. */
export function findStranger(project: ProjectState, search: Search): SimulatedMember {
  const organizations = organizationsOf(project, search)
  const emails = new Set(emailsOf(search))
  const [organizationId = ''] = organizations
  const isStranger = (member: SimulatedMember) =>
    organizations.has(member.organizationId) && member.status !== 'deleted' && !emails.has(emailOf(member))
  return project.members().find(isStranger) ?? madeUpMember({ organizationId })
}

function organizationsOf(project: ProjectState, { organizationIds }: Search): ReadonlySet<string> {
  return new Set(organizationIds.flatMap((id) => project.findOrganization(id)?.organizationId ?? []))
}

/** Everybody who can be found, so that a search by e-mail need not look at a million members. */
function candidates(project: ProjectState, search: Search): readonly SimulatedMember[] {
  const isByEmail = search.filters.some(({ name }) => name === 'member_emails')
  return isByEmail ? emailsOf(search).flatMap((email) => project.everyMemberOf(email)) : project.members()
}

function isIndexed(
  { now }: ProjectState,
  { createdAt, isForgotten }: SimulatedMember,
  { searchLagMs }: SimulatorSettings,
) {
  return !isForgotten && now() - createdAt >= searchLagMs
}

function emailOf({ email }: SimulatedMember): string {
  return email.toLowerCase()
}
