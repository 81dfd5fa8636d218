import type { Answer, StytchRequest } from '../../lib/stytch/ask-stytch.ts'
import type { FoundMember } from '../../lib/stytch/search.ts'
import { answers } from './create-reset-world.ts'

/** A request of end-sessions. What an endpoint does not take is empty. */
export type SessionsCall = {
  endpoint: 'organizations' | 'members' | 'revoke' | 'sessions'
  emails: readonly string[]
  organizationIds: readonly string[]
  memberId: string
  cursor: string | undefined
}

const ENDPOINTS = new Map<string, SessionsCall['endpoint']>([
  ['/v1/b2b/organizations/search', 'organizations'],
  ['/v1/b2b/organizations/members/search', 'members'],
  ['/v1/b2b/sessions/revoke', 'revoke'],
  ['/v1/b2b/sessions', 'sessions'],
])

/** Reads a request as Stytch documents it. */
export function toCall({ path, body }: StytchRequest): SessionsCall {
  const { pathname, searchParams } = new URL(path, 'https://test.stytch.com')
  const endpoint = ENDPOINTS.get(pathname)
  if (!endpoint) throw new Error(`no endpoint of Stytch: ${pathname}`)
  const asked = (body ?? {}) as {
    cursor?: string
    member_id?: string
    organization_ids?: string[]
    query?: { operands: [{ filter_value: string[] }] }
  }
  return {
    endpoint,
    emails: asked.query?.operands[0].filter_value ?? [],
    organizationIds: asked.organization_ids ?? [],
    memberId: asked.member_id ?? searchParams.get('member_id') ?? '',
    cursor: asked.cursor,
  }
}

type Session = { memberId: string; startedAt: string }

/** The members that a Stytch has, with their sessions. It lower-cases e-mails, and names `pageSize` in a page. */
export function createMembers({ now }: { now: () => number }) {
  const all: FoundMember[] = []
  const world = { pageSize: 1000, sessions: [] as Session[], hasDate: true }

  function pageOf(items: readonly object[], cursor = '0') {
    const from = Number(cursor)
    const end = from + world.pageSize
    const results_metadata = { total: items.length, next_cursor: end < items.length ? String(end) : '' }
    return { items: items.slice(from, end), results_metadata }
  }

  function search({ endpoint, emails, organizationIds, cursor }: SessionsCall): Answer {
    const asked = new Set(emails.map((email) => email.toLowerCase()))
    const found = all.filter(({ emailAddress }) => asked.has(emailAddress.toLowerCase()))
    const isAsked = ({ organizationId }: FoundMember) => organizationIds.includes(organizationId)
    const organizations = [...new Set(found.map(({ organizationId }) => organizationId))]
    const { items, results_metadata } = pageOf(
      endpoint === 'members'
        ? found.filter(isAsked).map(toMember)
        : organizations.map((organization_id) => ({ organization_id })),
      cursor,
    )
    return success({ [endpoint]: items, results_metadata })
  }

  function answer(call: SessionsCall): Answer {
    if (call.endpoint === 'organizations' || call.endpoint === 'members') return search(call)
    const isOf = ({ memberId }: Session) => memberId === call.memberId
    if (call.endpoint === 'sessions') {
      const sessions = world.sessions.filter(isOf)
      return success({
        member_sessions: sessions.map(({ memberId, startedAt }) => toSession(memberId, startedAt)),
      })
    }
    world.sessions = world.sessions.filter((session) => !isOf(session))
    return { ...success({}), ...(world.hasDate && { date: new Date(now()).toUTCString() }) }
  }

  /** Adds a member of each organization, with a session that began an hour ago. */
  function add(emailAddress: string, ...organizations: readonly string[]) {
    for (const name of organizations.length > 0 ? organizations : ['acme']) {
      const memberId = `member-test-${name}-${all.length}`
      all.push({ memberId, organizationId: `organization-test-${name}`, emailAddress })
      open(memberId)
    }
  }

  function open(memberId: string, startedAt = new Date(now() - 3_600_000).toISOString()): void {
    world.sessions.push({ memberId, startedAt })
  }

  return Object.assign(world, { all, add, open, answer })
}

/** A 200 of Stytch. */
export const success = (body: object): Answer =>
  answers.json(200, { status_code: 200, request_id: 'request-1', ...body })

function toMember({ memberId, organizationId, emailAddress }: FoundMember) {
  return { member_id: memberId, organization_id: organizationId, email_address: emailAddress }
}

/** What is relied on of a session, and some of the rest. */
export function toSession(memberId: string, startedAt: string) {
  return {
    ...{ member_session_id: `session-test-${memberId}`, member_id: memberId, started_at: startedAt },
    ...{ last_accessed_at: startedAt, expires_at: '2027-01-01T00:00:00Z', roles: ['stytch_member'] },
  }
}
