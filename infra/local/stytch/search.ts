import { absentString, errorAnswer, jsonAnswer } from './answers.ts'
import { type Decision, onlyAnswer, type Understood } from './decision.ts'
import { findMembers, findOrganizations, findStranger } from './find.ts'
import { memberObject, organizationObject } from './objects.ts'
import { passwordId } from './password-book.ts'
import type { ProjectState, SimulatedMember } from './project.ts'
import { emailsOf, exceedsFilterLimit, pageOf, parseSearch, type Search } from './search-query.ts'
import type { SimulatorSettings } from './settings.ts'

/** Searches organizations by the e-mails of their members. */
export function readSearchOrganizations(
  project: ProjectState,
  settings: SimulatorSettings,
  body: unknown,
): Understood {
  const search = parseSearch(body, ['member_emails'])
  return {
    ...about(search),
    decide: (requestId) => {
      const refuse = (errorType: string) => onlyAnswer(errorAnswer(400, errorType, requestId))
      if (!search) return refuse('bad_request')
      if (exceedsFilterLimit(search, settings))
        return refuse('organization_search_maximum_filter_value_count_exceeded')
      const page = pageOf(findOrganizations(project, search, settings), search, settings)
      const absent = absentString(settings)
      return found(requestId, {
        organizations: page.items.map((organization) => organizationObject(organization, { absent })),
        results_metadata: page.metadata,
      })
    },
  }
}

/** Searches members of given organizations by their e-mails and statuses. */
export function readSearchMembers(
  project: ProjectState,
  settings: SimulatorSettings,
  body: unknown,
): Understood {
  const search = parseSearch(body, ['member_emails', 'statuses'])
  return {
    ...about(search),
    decide: (requestId, fault) => {
      const refuse = (errorType: string) => onlyAnswer(errorAnswer(400, errorType, requestId))
      if (!search) return refuse('bad_request')
      if (search.organizationIds.length === 0) return refuse('member_search_organization_ids_empty')
      if (exceedsFilterLimit(search, settings))
        return refuse('member_search_maximum_filter_value_count_exceeded')
      const page = pageOf(findMembers(project, search, settings), search, settings)
      const members = page.items
      if (fault?.kind === 'stranger_in_page') members.push(findStranger(project, search))
      return found(requestId, {
        ...membersAndOrganizations(project, settings, members),
        results_metadata: page.metadata,
      })
    },
  }
}

function about(search: Search | undefined): Pick<Understood, 'emails' | 'named'> {
  if (!search) return { emails: [], named: {} }
  const size = search.filters.find(({ name }) => name === 'member_emails')?.size
  return { emails: emailsOf(search), named: size === undefined ? {} : { emails: size } }
}

function found(requestId: string, results: object): Decision {
  return onlyAnswer(jsonAnswer(200, { request_id: requestId, ...results, status_code: 200 }))
}

/** The members, and a map of the organizations that they belong to. */
function membersAndOrganizations(
  project: ProjectState,
  settings: SimulatorSettings,
  members: readonly SimulatedMember[],
) {
  const absent = absentString(settings)
  const organizations = new Set(
    members.flatMap((member) => project.findOrganization(member.organizationId) ?? []),
  )
  return {
    members: members.map((member) => {
      const password = project.passwords.find(member.email)
      return memberObject(member, { passwordId: password && passwordId(password), absent })
    }),
    organizations: Object.fromEntries(
      [...organizations].map((organization) => [
        organization.organizationId,
        organizationObject(organization, { absent }),
      ]),
    ),
  }
}
