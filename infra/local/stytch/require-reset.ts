import * as z from 'zod'
import { type Answer, type AnswerFormat, errorAnswer, parseJson, successAnswer } from './answers.ts'
import {
  type CallEffect,
  numberedUuid,
  type ProjectState,
  type SimulatedMember,
  type SimulatedOrganization,
} from './project.ts'

/**
 * Decides require_reset calls as a healthy Stytch would. The password of an e-mail with one active member is deleted. With
 * several, or with none if Stytch's documentation is taken literally, it is marked.
 */
export function createAnswerRequireReset(
  project: ProjectState,
  settings: SimulatorSettings,
): AnswerRequireReset {
  return (request, requestId) => {
    const refuse = (statusAndType: string): Decision => {
      const [status, errorType = ''] = statusAndType.split(' ')
      return { answer: errorAnswer(Number(status), errorType, requestId), effect: 'none' }
    }
    if (!request) return refuse('400 bad_request')
    if (!/^[^\s@]+@[^\s@]+$/.test(request.email)) return refuse('400 invalid_email')
    if (settings.passwords === 'organization_scoped') return refuse('400 cross_org_passwords_not_enabled')

    const target = findTarget(project, request, settings.mismatchedIds)
    if (target.kind === 'unknown_email') return refuse(settings.unknownEmail)
    if (target.kind === 'mismatch') return refuse(`404 ${target.errorType}`)
    if (target.organization.suspended && settings.suspendedOrganization !== '200')
      return refuse(settings.suspendedOrganization)

    const { member, organization } = target
    const password = project.passwords.find(request.email)
    if (!password && settings.noPassword !== '200') return refuse(settings.noPassword)
    const active = project.membersOf(request.email).filter(({ status }) => status === 'active')
    const effect = !password ? 'none' : active.length === 1 ? 'deleted' : 'reset_required'
    const passwordId =
      password && effect !== 'deleted' ? `member-password-test-${numberedUuid(password.number)}` : undefined
    return { answer: successAnswer({ requestId, member, organization, passwordId }, settings), effect }
  }
}

export type AnswerRequireReset = (request: ResetRequest | undefined, requestId: string) => Decision

/** What Stytch would answer, and what it would do to the password. Nothing has been done yet. */
export type Decision = { answer: Answer; effect: CallEffect }

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
export function parseResetRequest(text: string): ResetRequest | undefined {
  const body = BodySchema.safeParse(parseJson(text))
  if (!body.success) return undefined
  const { email_address, organization_id, member_id } = body.data
  return {
    email: email_address.toLowerCase(),
    ...(organization_id ? { organizationId: organization_id } : {}),
    ...(member_id ? { memberId: member_id } : {}),
  }
}

/** What Stytch does not document, one setting each. DEFAULT_SIMULATOR_SETTINGS has the likeliest values. */
export type SimulatorSettings = AnswerFormat & {
  /** The project's password strategy; `organization_scoped` answers 400 cross_org_passwords_not_enabled to every call. */
  passwords: 'cross_org' | 'organization_scoped'
  /** The answer for a member who has no password. `200` changes nothing. */
  noPassword:
    | '404 member_password_not_found'
    | '404 password_not_found'
    | '400 member_password_not_found'
    | '200'
  /** The answer for an e-mail that no member has. Deleted members do not count. */
  unknownEmail: '404 email_not_found' | '404 member_not_found'
  /** The answer when the member's organization is suspended. */
  suspendedOrganization: '403 organization_suspended' | '200'
  /** Ids that do not belong to the e-mail: a 404 (organization_not_found or member_not_found), or they are ignored. */
  mismatchedIds: '404' | 'ignored'
}

/** The behaviour of a project that is set up for this product, guessed where Stytch documents nothing. */
export const DEFAULT_SIMULATOR_SETTINGS: SimulatorSettings = {
  passwords: 'cross_org',
  noPassword: '404 member_password_not_found',
  unknownEmail: '404 email_not_found',
  answer: 'full',
  absentStrings: '""',
  suspendedOrganization: '403 organization_suspended',
  mismatchedIds: '404',
}

export type Gate = {
  /** The error for a request that is refused before anything else is checked. Undefined lets it in. */
  refusal(authorization: string | undefined, requestId: string): Answer | undefined
  /** From now on only this secret is accepted. */
  rotateSecret(secret: string): void
}

/**
 * Checks HTTP Basic credentials (401) and then the rate (429). Stytch counts requests in fixed windows, here of one second.
 * `now` in ms.
 */
export function createGate(options: {
  projectId: string
  secret: string
  requestsPerSecond: number | undefined
  now: () => number
}): Gate {
  let { secret } = options
  let second = -1
  let requestsInSecond = 0

  function isOverRate(): boolean {
    const current = Math.floor(options.now() / 1000)
    if (current !== second) requestsInSecond = 0
    second = current
    requestsInSecond += 1
    return requestsInSecond > (options.requestsPerSecond ?? Number.POSITIVE_INFINITY)
  }

  return {
    refusal: (authorization, requestId) => {
      const expected = Buffer.from(`${options.projectId}:${secret}`).toString('base64')
      if (authorization !== `Basic ${expected}`)
        return errorAnswer(401, 'unauthorized_credentials', requestId)
      return isOverRate() ? errorAnswer(429, 'too_many_requests', requestId) : undefined
    },
    rotateSecret: (newSecret) => {
      secret = newSecret
    },
  }
}
