import http from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import {
  type StytchSimulatorOptions,
  startStytchSimulator,
} from '../../../../infra/local/stytch/simulator.ts'

const PROJECT_ID = 'project-test-4b3e2a10-0000-4000-8000-000000000001'
const SECRET = 'secret-test-first'
export const AUTH = `${PROJECT_ID}:${SECRET}`

type Reply = { status: number; headers: http.IncomingHttpHeaders; body: string }

/** A simulator with one organization and ways to call it; stopped when the test ends. */
export async function startProject(options: Partial<StytchSimulatorOptions> = {}) {
  const stytch = await startStytchSimulator({ projectId: PROJECT_ID, secret: SECRET, ...options })
  onTestFinished(() => stytch.stop())
  const { organizationId } = stytch.addOrganization({ slug: 'acme' })

  /** An active member with a password. */
  function addPerson(email: string, more: { organizationId?: string; externalId?: string } = {}) {
    const member = stytch.addMember({ organizationId, email, ...more })
    stytch.setPassword(email)
    return member
  }

  /** Rejects when the connection breaks before the whole answer is there. */
  async function send(method: string, path: string, body = '', secret = SECRET): Promise<Reply> {
    const request = http.request(stytch.url + path, { method, auth: `${PROJECT_ID}:${secret}`, agent: false })
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject).end(body)
    })
    const { statusCode = 0, headers } = response
    return { status: statusCode, headers, body: await text(response) }
  }

  async function requireReset(email: string, ids: object = {}, secret = SECRET): Promise<Reply> {
    const body = JSON.stringify({ email_address: email, ...ids })
    return send('POST', '/v1/b2b/passwords/email/require_reset', body, secret)
  }

  const ask = (path: string, body: object) => send('POST', `/v1/b2b/${path}`, JSON.stringify(body))

  /** One request to each of the other endpoints, all about this member. */
  function askAboutSessions({ memberId, email }: { memberId: string; email: string }) {
    const query = { operator: 'AND', operands: [{ filter_name: 'member_emails', filter_value: [email] }] }
    return {
      search_organizations: () => ask('organizations/search', { query }),
      search_members: () => ask('organizations/members/search', { organization_ids: ['acme'], query }),
      revoke: () => ask('sessions/revoke', { member_id: memberId }),
      read_back: () => send('GET', `/v1/b2b/sessions?organization_id=acme&member_id=${memberId}`),
    }
  }

  return { stytch, organizationId, addPerson, send, requireReset, askAboutSessions }
}
