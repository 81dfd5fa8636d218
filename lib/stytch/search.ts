import * as z from 'zod'
import type { Answer, StytchRequest } from './ask-stytch.ts'
import { type Failure, judgeAnswer, SuccessSchema } from './judge-answer.ts'

/** A page of what a search found. `cursor`: of the next page; undefined on the last one. */
export type Page<Found> = {
  kind: 'page'
  found: readonly Found[]
  cursor: string | undefined
  requestId: string | undefined
}

/** A member of an organization. A person is a member, with other ids, of each of their organizations. */
export type MemberIds = { memberId: string; organizationId: string }

export type FoundMember = MemberIds & { emailAddress: string }

/** The most that Stytch returns in one page. */
export const MAX_PAGE = 1000
/** A thousand members, each with an organization, take some megabytes. */
const MAX_ANSWER_BYTES = 8 * 1_048_576

/** Asks for the organizations in which any of these e-mails is a member. */
export function searchOrganizations(emails: readonly string[], cursor: string | undefined): StytchRequest {
  return search('/v1/b2b/organizations/search', { ...byEmail(emails), cursor })
}

/** Asks for the members of these organizations who have one of these e-mails. */
export function searchMembers(
  organizationIds: readonly string[],
  emails: readonly string[],
  cursor: string | undefined,
): StytchRequest {
  const body = { organization_ids: organizationIds, ...byEmail(emails), cursor }
  return search('/v1/b2b/organizations/members/search', body)
}

function search(path: string, body: unknown): StytchRequest {
  return { method: 'POST', path, body, maxAnswerBytes: MAX_ANSWER_BYTES }
}

function byEmail(emails: readonly string[]) {
  const operands = [{ filter_name: 'member_emails', filter_value: emails }]
  return { limit: MAX_PAGE, query: { operator: 'AND', operands } }
}

/** Turns an answer to a search for organizations into a page of their ids. `now` in ms since the epoch. */
export function judgeOrganizations(answer: Answer, now: number): Page<string> | Failure {
  return judgePage(answer, now, OrganizationsSchema, ({ organizations }) =>
    organizations.map(({ organization_id }) => organization_id),
  )
}

/** Turns an answer to a search for members into a page of them. `now` in ms since the epoch. */
export function judgeMembers(answer: Answer, now: number): Page<FoundMember> | Failure {
  return judgePage(answer, now, MembersSchema, ({ members }) =>
    members.map(({ member_id, organization_id, email_address }) => ({
      memberId: member_id,
      organizationId: organization_id,
      emailAddress: email_address,
    })),
  )
}

function judgePage<Response extends z.infer<typeof PageSchema>, Found>(
  answer: Answer,
  now: number,
  schema: z.ZodType<Response>,
  foundIn: (response: Response) => Found[],
): Page<Found> | Failure {
  return judgeAnswer<Page<Found>>(answer, now, {
    success: (json, requestId) => {
      const response = schema.safeParse(json).data
      if (!response) return 'invalid_response'
      const cursor = response.results_metadata.next_cursor || undefined
      return { kind: 'page', found: foundIn(response), cursor, requestId }
    },
    refusal: () => undefined,
  })
}

const id = z.string().min(1)

/** What is relied on of each page, as Stytch's OpenAPI document has it. Without the metadata nobody knows whether it is the last one. */
const PageSchema = SuccessSchema.extend({
  results_metadata: z.object({ next_cursor: z.string().nullish() }),
})
const OrganizationsSchema = PageSchema.extend({
  organizations: z.array(z.object({ organization_id: id })).max(MAX_PAGE),
})
const MembersSchema = PageSchema.extend({
  members: z.array(z.object({ member_id: id, organization_id: id, email_address: z.string() })).max(MAX_PAGE),
})
