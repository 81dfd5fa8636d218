import { errorAnswer, type Answer as HttpAnswer } from '../../../infra/local/stytch/answers.ts'
import { badAnswer } from '../../../infra/local/stytch/bad-answers.ts'
import { receive } from '../../../infra/local/stytch/core.ts'
import type { RequestFault } from '../../../infra/local/stytch/faults.ts'
import { createGate, type Rates } from '../../../infra/local/stytch/gate.ts'
import { createProjectState } from '../../../infra/local/stytch/project.ts'
import { DEFAULT_SIMULATOR_SETTINGS } from '../../../infra/local/stytch/settings.ts'
import type { Answer, StytchRequest } from '../../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../../lib/stytch/credentials.ts'
import type { PersonKind, Scenario, StytchWays } from '../scenario/scenario.ts'
import { KELVIN, PROJECT_ID } from './journal.ts'

export const FIRST_SECRET = 'canary-secret-1'

export type Stytch = ReturnType<typeof createStytch>

const isStranger = (kind: PersonKind | undefined) => kind === 'stranger' || kind === 'look-alike'

/** An address as Stytch knows it: in any capitals, but the local Stytch would fold a Kelvin sign as well, and a mail server does not. */
function asKnown(email: string): string {
  return email.replaceAll(KELVIN, 'kelvin').toLowerCase()
}

/** In which organizations somebody is a member, and the prefix of their id there. */
const MEMBERSHIPS: Partial<Record<PersonKind, readonly (readonly [string, string])[]>> = {
  suspended: [['off', '']],
  'in two organizations': [
    ['home', ''],
    ['second', 'second-'],
  ],
  'in three organizations': [
    ['home', ''],
    ['second', 'second-'],
    ['third', 'third-'],
  ],
}

/**
 * Creates the simulated Stytch of the local system, without its network: the same members, passwords, sessions, rate windows and
 * answers. `survivors`: whose sessions no revocation ends for a while.
 */
export function createStytch(settings: {
  people: readonly PersonKind[]
  emailOf: (person: number) => string
  rates: Rates
  ways: StytchWays
  survivors: Scenario['survivors']
  now: () => number
  passwordsSetAt: number
}) {
  const { people, now, passwordsSetAt, survivors } = settings
  const { sendsDate, ...ways } = settings.ways
  const startedAt = now()
  const emailOf = (person: number) => asKnown(settings.emailOf(person))
  const project = createProjectState(now)
  const gate = createGate({ projectId: PROJECT_ID, secret: FIRST_SECRET, ...settings.rates, now })
  const simulated = { project, settings: { ...DEFAULT_SIMULATOR_SETTINGS, ...ways }, gate }
  for (const slug of ['home', 'off', 'second', 'third'])
    project.addOrganization({ organizationId: `organization-test-${slug}`, slug, suspended: slug === 'off' })

  for (const [index, kind] of people.entries()) {
    if (isStranger(kind)) continue
    for (const [slug, prefix] of MEMBERSHIPS[kind] ?? [['home', '']])
      project.addMember({
        ...{ email: emailOf(index), organizationId: `organization-test-${slug}` },
        ...{ memberId: `member-test-${prefix}p${index}`, name: `Canary ${index}` },
      })
    if (kind !== 'no password') project.passwords.set(emailOf(index), passwordsSetAt)
  }

  /** Has the effect of a request and returns its answer. `fault` replaces the answer; without `withEffect` nothing is changed. */
  function ask(
    { method, path, body }: StytchRequest,
    { project_id, secret }: Credentials,
    fault?: RequestFault,
    withEffect = true,
  ) {
    const date = sendsDate ? new Date(now()).toUTCString() : undefined
    if (project_id !== PROJECT_ID) return { answer: toAnswer(NOBODY_THERE, date), effect: false, revoked: 0 }
    const basic = Buffer.from(`${project_id}:${secret}`).toString('base64')
    const received = receive(
      simulated,
      { method, path, body: withKnownAddresses(body) },
      { authorization: `Basic ${basic}`, requestId: 'request-1' },
    )
    if (!received) throw new Error(`the simulated Stytch has no ${method} ${path}`)
    const survives = received.endpoint === 'revoke' && isSurvivor(received.named.memberId)
    const decision = received.decide(survives ? { kind: 'sessions_survive' } : fault)
    const { effect = 'none', revoked = 0 } = withEffect ? decision.carryOut() : {}
    const bad = fault && badAnswer(fault, { requestId: 'request-1', email: received.emails[0] ?? '' })
    return { answer: toAnswer(bad ?? decision.answer, date), effect: effect !== 'none', revoked }
  }

  function isSurvivor(memberId = ''): boolean {
    return survivors.some(({ person, until }) => memberId.endsWith(`p${person}`) && now() < startedAt + until)
  }

  const membersOf = (person: number) =>
    isStranger(people[person]) ? [] : project.membersOf(emailOf(person)).map(({ memberId }) => memberId)

  return {
    ask,
    rotateSecret: gate.rotateSecret,
    choosePassword: (person: number) => {
      if (!isStranger(people[person])) project.passwords.set(emailOf(person), now())
    },
    password: (person: number) => project.passwords.find(emailOf(person)),
    membersOf,
    signIn: (memberId: string, startedAt = now()) => project.addSession({ memberId, startedAt }),
    /** When each session of a member began that is open now. */
    openSessions: (memberId: string) => {
      const member = project.findMember(memberId)
      return member ? project.sessions.open(member).map((session) => session.startedAt) : []
    },
    sessions: project.sessions.all,
    /** From when on a search finds the members. */
    indexedAt: startedAt + ways.searchLagMs,
  }
}

/** Only a search names addresses in a list. */
function withKnownAddresses(body: unknown): unknown {
  const text = JSON.stringify(body)
  return text?.includes(KELVIN) ? JSON.parse(text.replaceAll(KELVIN, 'kelvin')) : body
}

/** What another project, which has none of these people, answers to its own key. */
const NOBODY_THERE = errorAnswer(404, 'email_not_found', 'request-1')

function toAnswer({ status, body, headers = {} }: HttpAnswer, date: string | undefined): Answer {
  return { kind: 'answered', status, body, retryAfter: headers['retry-after'], date }
}
