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
import { createMembers } from './members.ts'

export const FIRST_SECRET = 'canary-secret-1'

/** `next_page`: a page of a search names a next one although it is the last. */
export type StytchFault = RequestFault | { kind: 'next_page'; as: 'new' | 'first' }

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
 * answers. `survivors`: whose sessions no revocation ends for a while. `troubles`: of single members.
 */
export function createStytch(settings: {
  people: readonly PersonKind[]
  emailOf: (person: number) => string
  rates: Rates
  ways: StytchWays
  survivors: Scenario['survivors']
  troubles: Scenario['memberTroubles']
  now: () => number
  passwordsSetAt: number
}) {
  const { people, now, passwordsSetAt, survivors } = settings
  const { sendsDate, searchSlowAbove: _, ...ways } = settings.ways
  const startedAt = now()
  const emailOf = (person: number) => asKnown(settings.emailOf(person))
  const project = createProjectState(now)
  const gate = createGate({ projectId: PROJECT_ID, secret: FIRST_SECRET, ...settings.rates, now })
  const members = createMembers(project, { troubles: settings.troubles, emailOf })
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
    fault?: StytchFault,
    withEffect = true,
  ) {
    const date = sendsDate ? new Date(now()).toUTCString() : undefined
    if (project_id !== PROJECT_ID) return { answer: toAnswer(NOBODY_THERE, date), effect: false, revoked: 0 }
    members.updateIndex()
    const basic = Buffer.from(`${project_id}:${secret}`).toString('base64')
    const received = receive(
      simulated,
      { method, path, body: withKnownAddresses(body) },
      { authorization: `Basic ${basic}`, requestId: 'request-1' },
    )
    if (!received) throw new Error(`the simulated Stytch has no ${method} ${path}`)
    const { endpoint, emails, named } = received
    if (named.memberId && members.isIn('fails', named.memberId))
      return { answer: toAnswer(DOWN, date), effect: false, revoked: 0 }
    const survives = endpoint === 'revoke' && isSurvivor(named.memberId)
    const known = fault?.kind === 'next_page' ? undefined : fault
    const decision = received.decide(survives ? { kind: 'sessions_survive' } : known)
    const { effect = 'none', revoked = 0 } = withEffect ? decision.carryOut() : {}
    const bad = known && badAnswer(known, { requestId: 'request-1', email: emails[0] ?? '' })
    const answer =
      fault?.kind === 'next_page' ? withNextPage(decision.answer, body, fault.as) : decision.answer
    return { answer: toAnswer(bad ?? answer, date), effect: effect !== 'none', revoked }
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
    password: (person: number) =>
      project.membersOf(emailOf(person)).length > 0 ? project.passwords.find(emailOf(person)) : undefined,
    membersOf,
    signIn: members.signIn,
    deleteMember: members.delete,
    exchange: members.exchange,
    /** Whether no search found a member then. */
    isForgotten: (memberId: string, at: number) => members.isIn('forgotten', memberId, at),
    /** When each session of a member began that is open now. */
    openSessions: (memberId: string) => {
      const member = project.findMember(memberId)
      return member ? project.sessions.open(member).map((session) => session.startedAt) : []
    },
    sessions: members.sessions,
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

/** What an organization answers that is down. */
const DOWN = errorAnswer(503, 'server_unavailable', 'request-1')

/** Cursors of the simulated Stytch say how many results came before. */
function withNextPage(answer: HttpAnswer, request: unknown, as: 'new' | 'first'): HttpAnswer {
  if (answer.status !== 200) return answer
  const { cursor = '' } = request as { cursor?: string }
  const before = Number(Buffer.from(cursor, 'base64url').toString())
  const next_cursor = Buffer.from(String(as === 'new' ? before + 1 : 0)).toString('base64url')
  const body = JSON.parse(answer.body)
  return { ...answer, body: JSON.stringify({ ...body, results_metadata: { total: -1, next_cursor } }) }
}

function toAnswer({ status, body, headers = {} }: HttpAnswer, date: string | undefined): Answer {
  return { kind: 'answered', status, body, retryAfter: headers['retry-after'], date }
}
