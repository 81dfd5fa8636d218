import { callStytch } from '../../lib/step/call-stytch.ts'
import type { Calls } from '../../lib/step/invocation.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import type { Answer, StytchRequest } from '../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { type Failure, failureOf } from '../../lib/stytch/judge-answer.ts'
import type { Environment } from './environment.ts'

/** What asking Stytch takes in one invocation. */
export type Asking = { environment: Environment; credentials: Credentials; invocation: Calls }

/** A usable answer. */
type Done<Verdict> = { kind: 'done'; verdict: Verdict; answer: Answer }

/** Why something was not done. What Stytch refused is not tried again. `unknown`: with a code that may be the configuration's fault. */
export type Undone = { requestId?: string | undefined } & (
  | { kind: 'stopped' | 'unusable'; stop: Stop }
  | { kind: 'refused'; reason: string; detail: string; unknown: boolean }
)

const NAMES = {
  searchOrganizations: 'search',
  searchMembers: 'search',
  revoke: 'revoke',
  readBack: 'read-back',
} as const

export type EndpointName = keyof typeof NAMES

/** Asks an endpoint of Stytch, as often as it takes. Resolves to what the answer means, or to why there is none. */
export async function ask<Verdict extends { kind: string }>(
  { environment, credentials, invocation }: Asking,
  endpoint: EndpointName,
  request: StytchRequest,
  judge: (answer: Answer, now: number) => Verdict | Failure,
): Promise<Done<Verdict> | Undone> {
  const call = { ask: (used: Credentials) => environment.askStytch(request, used), judge }
  const result = await callStytch(environment[endpoint], call, credentials, invocation)
  if (result.kind === 'none') return { kind: 'stopped', stop: result.stop, requestId: result.requestId }
  const { verdict, answer } = result
  const failure = failureOf(verdict)
  if (!failure) return { kind: 'done', verdict: verdict as Verdict, answer }
  const { code, requestId } = failure
  if (failure.kind !== 'refused') return { kind: 'unusable', stop: { code, delay: 'growing' }, requestId }
  const detail = `${NAMES[endpoint]}: ${code}`
  return { kind: 'refused', reason: code, detail, unknown: failure.unknown, requestId }
}
