import * as z from 'zod'
import { errorAnswer, jsonAnswer } from './answers.ts'
import { type Decision, onlyAnswer, type Understood } from './decision.ts'
import { sessionObject } from './objects.ts'
import type { ProjectState, SimulatedMember, SimulatedOrganization } from './project.ts'
import type { SimulatorSettings } from './settings.ts'

/** Ends every session of the member that `member_id` names. Sessions can't be named one by one here, as the product never does. */
export function readRevoke(project: ProjectState, settings: SimulatorSettings, body: unknown): Understood {
  const parsed = RevokeSchema.safeParse(body)
  const { member_id: memberId, ...others } = parsed.data ?? {}
  const member = memberId ? project.findMember(memberId) : undefined
  const given = [memberId, ...Object.values(others)].filter((value) => value)

  return {
    ...about(member, memberId),
    decide: (requestId, fault): Decision => {
      const refuse = (status: number, type: string) => onlyAnswer(errorAnswer(status, type, requestId))
      if (!parsed.success) return refuse(400, 'bad_request')
      if (given.length === 0) return refuse(400, 'no_session_revoke_arguments')
      if (given.length > 1) return refuse(400, 'too_many_session_revoke_arguments')
      if (!memberId) return refuse(404, 'session_not_found')
      if (!member || member.status === 'deleted') return refuse(404, 'member_not_found')
      if (settings.revokeWithoutSessions !== '200' && project.sessions.countOpen(member) === 0)
        return refuse(404, 'session_not_found')
      return {
        answer: jsonAnswer(200, { request_id: requestId, status_code: 200 }),
        carryOut: () => ({
          revoked: fault?.kind === 'sessions_survive' ? 0 : project.sessions.revoke(member),
        }),
      }
    },
  }
}

/** Shows the open sessions of a member of an organization. */
export function readReadBack(
  project: ProjectState,
  { readBackLagMs }: SimulatorSettings,
  query: unknown,
): Understood {
  const { organization_id = '', member_id: memberId = '' } = ReadBackSchema.parse(query)
  const organization = project.findOrganization(organization_id)
  const member = organization && findMemberOf(project, organization, memberId)

  return {
    ...about(member, memberId),
    decide: (requestId): Decision => {
      const refuse = (status: number, type: string) => onlyAnswer(errorAnswer(status, type, requestId))
      if (!organization_id) return refuse(400, 'invalid_organization_id')
      if (!memberId) return refuse(400, 'invalid_member_id')
      if (!organization) return refuse(404, 'organization_not_found')
      if (!member) return refuse(404, 'member_not_found')
      const open = project.sessions.open(member, readBackLagMs)
      const sessions = open.map((session) => sessionObject(session, organization))
      return onlyAnswer(
        jsonAnswer(200, { request_id: requestId, member_sessions: sessions, status_code: 200 }),
      )
    },
  }
}

/** Finds by id or external id; a deleted member is not found. */
function findMemberOf(
  project: ProjectState,
  { organizationId }: SimulatedOrganization,
  reference: string,
): SimulatedMember | undefined {
  const isMeant = (member: SimulatedMember) =>
    member.organizationId === organizationId && member.status !== 'deleted'
  const byId = project.findMember(reference)
  if (byId) return isMeant(byId) ? byId : undefined
  return project.members().find((member) => member.externalId === reference && isMeant(member))
}

function about(
  member: SimulatedMember | undefined,
  memberId: string | null | undefined,
): Pick<Understood, 'emails' | 'named'> {
  return { emails: member ? [member.email.toLowerCase()] : [], named: memberId ? { memberId } : {} }
}

const RevokeSchema = z.object({
  member_id: z.string().nullish(),
  member_session_id: z.string().nullish(),
  session_token: z.string().nullish(),
  session_jwt: z.string().nullish(),
})

const ReadBackSchema = z.object({ organization_id: z.string().optional(), member_id: z.string().optional() })
