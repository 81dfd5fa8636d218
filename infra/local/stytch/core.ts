import { type Decision, onlyAnswer, type Understood } from './decision.ts'
import type { Endpoint } from './endpoint.ts'
import type { RequestFault } from './faults.ts'
import type { Gate } from './gate.ts'
import type { ProjectState } from './project.ts'
import { readRequireReset } from './require-reset.ts'
import { readSearchMembers, readSearchOrganizations } from './search.ts'
import { readReadBack, readRevoke } from './sessions.ts'
import type { SimulatorSettings } from './settings.ts'

/**
 * Understands a request to Stytch's API, without a network. Undefined where Stytch has no such route.
 * The request is counted against the rate at once; whatever it does is left to the decision.
 */
export function receive(
  { project, settings, gate }: SimulatedStytch,
  { method, path, body }: StytchRequest,
  { authorization, requestId }: { authorization: string | undefined; requestId: string },
): Received | undefined {
  const [pathname, query = ''] = path.split('?')
  const endpoint = ROUTES[`${method} ${pathname}`]
  if (!endpoint) return undefined
  const input = method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : body
  const { emails, named, decide } = READERS[endpoint](project, settings, input)
  const refusal = gate.refusal(endpoint, authorization, requestId)
  return {
    endpoint,
    emails,
    named,
    decide: (fault) => (refusal ? onlyAnswer(refusal) : decide(requestId, fault)),
  }
}

export type SimulatedStytch = { project: ProjectState; settings: SimulatorSettings; gate: Gate }

/** `path` with the query; `body` is parsed JSON, undefined where it is not JSON. */
export type StytchRequest = { method: string; path: string; body?: unknown }

export type Received = Pick<Understood, 'emails' | 'named'> & {
  endpoint: Endpoint
  /** What Stytch would answer and do now. The fault matters only where it changes what is true: `stranger_in_page`, `sessions_survive`. */
  decide(fault?: RequestFault): Decision
}

const ROUTES: Record<string, Endpoint> = {
  'POST /v1/b2b/passwords/email/require_reset': 'require_reset',
  'POST /v1/b2b/organizations/search': 'search_organizations',
  'POST /v1/b2b/organizations/members/search': 'search_members',
  'POST /v1/b2b/sessions/revoke': 'revoke',
  'GET /v1/b2b/sessions': 'read_back',
}

type Reader = (project: ProjectState, settings: SimulatorSettings, body: unknown) => Understood

const READERS: Record<Endpoint, Reader> = {
  require_reset: readRequireReset,
  search_organizations: readSearchOrganizations,
  search_members: readSearchMembers,
  revoke: readRevoke,
  read_back: readReadBack,
}
