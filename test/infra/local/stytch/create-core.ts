import { type Received, receive } from '../../../../infra/local/stytch/core.ts'
import { createGate, type Rates } from '../../../../infra/local/stytch/gate.ts'
import { createProjectState } from '../../../../infra/local/stytch/project.ts'
import {
  DEFAULT_SIMULATOR_SETTINGS,
  type SimulatorSettings,
} from '../../../../infra/local/stytch/settings.ts'

const SECRET = 'secret-test-first'
const PROJECT_ID = 'project-test-4b3e2a10-0000-4000-8000-000000000001'

/** The simulated Stytch without its network, with one organization, `acme`. Its clock is `clock.now`. */
export function createCore(given: Partial<SimulatorSettings> = {}, rates: Rates = {}) {
  const clock = { now: Date.parse('2026-05-01T12:00:00.500Z') }
  const now = () => clock.now
  const project = createProjectState(now)
  const settings = { ...DEFAULT_SIMULATOR_SETTINGS, ...given }
  const gate = createGate({ ...rates, projectId: PROJECT_ID, secret: SECRET, now })
  const { organizationId } = project.addOrganization({
    slug: 'acme',
    organizationId: 'organization-test-acme',
  })
  const authorization = `Basic ${Buffer.from(`${PROJECT_ID}:${SECRET}`).toString('base64')}`

  function ask(method: string, path: string, body?: unknown, fault?: Parameters<Received['decide']>[0]) {
    const received = receive(
      { project, settings, gate },
      { method, path, body },
      { authorization, requestId: 'r-1' },
    )
    const decision = received?.decide(fault)
    const done = decision?.carryOut()
    const text = decision?.answer.body ?? '{}'
    return { received, done, status: decision?.answer.status, body: JSON.parse(text) }
  }

  return {
    ...{ clock, project, settings, organizationId, ask },
    addMember: (
      email: string,
      more: { organizationId?: string; externalId?: string; status?: 'deleted' } = {},
    ) => project.addMember({ organizationId, email, ...more }),
    searchOrganizations: (body: unknown) => ask('POST', '/v1/b2b/organizations/search', body),
    searchMembers: (body: unknown, fault?: Parameters<Received['decide']>[0]) =>
      ask('POST', '/v1/b2b/organizations/members/search', body, fault),
    revoke: (body: unknown) => ask('POST', '/v1/b2b/sessions/revoke', body),
    readBack: (organization: string, member: string) =>
      ask(
        'GET',
        `/v1/b2b/sessions?${new URLSearchParams({ organization_id: organization, member_id: member })}`,
      ),
  }
}

/** The query for members with these e-mails. */
export function byEmail(...emails: string[]) {
  return { operator: 'AND', operands: [{ filter_name: 'member_emails', filter_value: emails }] }
}
