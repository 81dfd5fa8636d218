import { createAnswerRequireReset } from '../../../infra/local/stytch/create-answer-require-reset.ts'
import { createGate } from '../../../infra/local/stytch/create-gate.ts'
import { createProjectState } from '../../../infra/local/stytch/create-project-state.ts'
import { badAnswer } from '../../../infra/local/stytch/faults/bad-answer.ts'
import type { RequestFault } from '../../../infra/local/stytch/faults/fault-rule.ts'
import type { Answer as HttpAnswer } from '../../../infra/local/stytch/json-answer.ts'
import { DEFAULT_SIMULATOR_SETTINGS } from '../../../infra/local/stytch/simulator-settings.ts'
import type { Member } from '../../../lib/contract/member.ts'
import type { Answer } from '../../../lib/stytch/answer.ts'
import type { Credentials } from '../../../lib/stytch/credentials.ts'
import type { PersonKind } from '../scenario/scenario.ts'
import { PROJECT_ID } from './create-people.ts'

export const FIRST_SECRET = 'canary-secret-1'

export type Stytch = ReturnType<typeof createStytch>

/** The simulated Stytch of the local system, called without a network: the same members, passwords, rate windows and answers. */
export function createStytch(settings: {
  people: readonly PersonKind[]
  emailOf: (person: number) => string
  requestsPerSecond: number
  now: () => number
  passwordsSetAt: number
}) {
  const { people, emailOf, requestsPerSecond, now, passwordsSetAt } = settings
  const project = createProjectState(now)
  const answerRequireReset = createAnswerRequireReset(project, DEFAULT_SIMULATOR_SETTINGS)
  const gate = createGate({ projectId: PROJECT_ID, secret: FIRST_SECRET, requestsPerSecond, now })
  const home = project.addOrganization({ organizationId: 'organization-test-home', slug: 'home' })
  const suspended = project.addOrganization({
    organizationId: 'organization-test-off',
    slug: 'off',
    suspended: true,
  })
  const second = project.addOrganization({ organizationId: 'organization-test-second', slug: 'second' })

  for (const [index, kind] of people.entries()) {
    if (kind === 'stranger') continue
    const email = emailOf(index)
    const { organizationId } = kind === 'suspended' ? suspended : home
    project.addMember({ email, organizationId, memberId: `member-test-p${index}` })
    if (kind === 'in two organizations')
      project.addMember({
        email,
        organizationId: second.organizationId,
        memberId: `member-test-second-p${index}`,
      })
    if (kind !== 'no password') project.passwords.set(email, passwordsSetAt)
  }

  /** What Stytch does and answers; `fault` makes the answer a bad one, and only `withEffect` lets it have its effect then. */
  function call(member: Member, credentials: Credentials, fault?: RequestFault, withEffect = true) {
    const basic = Buffer.from(`${credentials.project_id}:${credentials.secret}`).toString('base64')
    const refusal = gate.refusal(`Basic ${basic}`, 'request-1')
    const request = { email: member.email_address.toLowerCase(), ...idsOf(member) }
    const decision = refusal
      ? { answer: refusal, effect: 'none' as const }
      : answerRequireReset(request, 'request-1')
    if (withEffect) project.passwords.change(request.email, decision.effect)
    const bad = fault && badAnswer(fault, { requestId: 'request-1', email: request.email })
    return { answer: toAnswer(bad ?? decision.answer), effect: withEffect && decision.effect !== 'none' }
  }

  return {
    call,
    rotateSecret: gate.rotateSecret,
    /** Nobody but a member has a password to choose. */
    choosePassword: (person: number) => {
      if (people[person] !== 'stranger') project.passwords.set(emailOf(person), now())
    },
    password: (person: number) => project.passwords.find(emailOf(person)),
  }
}

function idsOf({ organization_id, member_id }: Member) {
  return {
    ...(organization_id ? { organizationId: organization_id } : {}),
    ...(member_id ? { memberId: member_id } : {}),
  }
}

function toAnswer({ status, body, headers = {} }: HttpAnswer): Answer {
  return { kind: 'answered', status, body, retryAfter: headers['retry-after'] }
}
