import * as z from 'zod'
import { errorAnswer, successAnswer } from './answers.ts'
import { type Decision, onlyAnswer, type Understood } from './decision.ts'
import { type CallEffect, passwordId } from './password-book.ts'
import type { ProjectState, SimulatedMember, SimulatedOrganization } from './project.ts'
import type { SimulatorSettings } from './settings.ts'

/**
 * Answers require_reset calls as a healthy Stytch would. The password of an e-mail with one active member is deleted. With
 * several, or with none if Stytch's documentation is taken literally, it is marked.
 */
export function readRequireReset(
  project: ProjectState,
  settings: SimulatorSettings,
  body: unknown,
): Understood {
  const request = parseResetRequest(body)
  return {
    emails: request ? [request.email] : [],
    named: request ?? {},
    decide: (requestId) => decide(project, settings, request, requestId),
  }
}

function decide(
  project: ProjectState,
  settings: SimulatorSettings,
  request: ResetRequest | undefined,
  requestId: string,
): Decision {
  const refuse = (statusAndType: string): Decision => {
    const [status, errorType = ''] = statusAndType.split(' ')
    return onlyAnswer(errorAnswer(Number(status), errorType, requestId))
  }
  if (!request) return refuse('400 bad_request')
  const { email } = request
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return refuse('400 invalid_email')
  if (settings.passwords === 'organization_scoped') return refuse('400 cross_org_passwords_not_enabled')

  const target = findTarget(project, request, settings.mismatchedIds)
  if (target.kind === 'unknown_email') return refuse(settings.unknownEmail)
  if (target.kind === 'mismatch') return refuse(`404 ${target.errorType}`)
  if (target.organization.suspended && settings.suspendedOrganization !== '200')
    return refuse(settings.suspendedOrganization)

  const { member, organization } = target
  const password = project.passwords.find(email)
  if (!password && settings.noPassword !== '200') return refuse(settings.noPassword)
  const active = project.membersOf(email).filter(({ status }) => status === 'active')
  const effect: CallEffect = !password ? 'none' : active.length === 1 ? 'deleted' : 'reset_required'
  const remaining = password && effect !== 'deleted' ? passwordId(password) : undefined
  return {
    answer: successAnswer({ requestId, member, organization, passwordId: remaining }, settings),
    carryOut: () => {
      const deletedPasswordSetAt = project.passwords.change(email, effect)
      return { effect, ...(deletedPasswordSetAt === undefined ? {} : { deletedPasswordSetAt }) }
    },
  }
}

/** Whom a request is about, never a deleted member. */
type Target =
  | { kind: 'found'; member: SimulatedMember; organization: SimulatedOrganization }
  | { kind: 'unknown_email' }
  | { kind: 'mismatch'; errorType: 'organization_not_found' | 'member_not_found' }

/**
 * Finds the member that the ids name (organization: id, slug or external id; member: id or external id) among those of the
 * e-mail. Without ids, or where wrong ones are ignored, it prefers an active member of an organization that is not suspended.
 */
function findTarget(project: ProjectState, request: ResetRequest, mismatchedIds: '404' | 'ignored'): Target {
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

type ResetRequest = { email: string; organizationId?: string; memberId?: string }

const BodySchema = z.object({
  email_address: z.string(),
  organization_id: z.string().nullish(),
  member_id: z.string().nullish(),
})

/**
 * Reads the body of a require_reset call. Undefined when it is not a JSON object with an email_address.
 * Absent, null and empty ids are the same. The e-mail is returned in lower case.
 */
function parseResetRequest(body: unknown): ResetRequest | undefined {
  const parsed = BodySchema.safeParse(body)
  if (!parsed.success) return undefined
  const { email_address, organization_id, member_id } = parsed.data
  return {
    email: email_address.toLowerCase(),
    ...(organization_id ? { organizationId: organization_id } : {}),
    ...(member_id ? { memberId: member_id } : {}),
  }
}
