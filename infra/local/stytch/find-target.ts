import type { ProjectState, SimulatedMember, SimulatedOrganization } from './create-project-state.ts'
import type { ResetRequest } from './parse-reset-request.ts'

/** Whom a request is about; never a deleted member. */
export type Target =
  | { kind: 'found'; member: SimulatedMember; organization: SimulatedOrganization }
  | { kind: 'unknown_email' }
  | { kind: 'mismatch'; errorType: 'organization_not_found' | 'member_not_found' }

/**
 * Finds the member that the ids name (organization: id, slug or external id; member: id or external id) among those of the e-mail.
 * Without ids, or where wrong ones are ignored: an active member of an organization that is not suspended, if there is one.
 */
export function findTarget(
  project: ProjectState,
  request: ResetRequest,
  mismatchedIds: '404' | 'ignored',
): Target {
  const people = project.membersOf(request.email).flatMap((member) => {
    const organization = project.findOrganization(member.organizationId)
    return organization ? [{ member, organization }] : []
  })
  if (people.length === 0) return { kind: 'unknown_email' }

  const named = request.organizationId ? project.findOrganization(request.organizationId) : undefined
  const matching = people.filter(
    ({ member, organization }) =>
      (!request.organizationId || organization === named) &&
      (!request.memberId || [member.memberId, member.externalId].includes(request.memberId)),
  )
  if (matching.length === 0 && mismatchedIds === '404') {
    const errorType = request.organizationId && !named ? 'organization_not_found' : 'member_not_found'
    return { kind: 'mismatch', errorType }
  }

  const candidates = matching.length > 0 ? matching : people
  const active = candidates.filter(({ member }) => member.status === 'active')
  const target = active.find(({ organization }) => !organization.suspended) ?? active[0] ?? candidates[0]
  return target ? { kind: 'found', ...target } : { kind: 'unknown_email' }
}
