import { errorAnswer, type Answer as HttpAnswer } from '../../../infra/local/stytch/answers.ts'
import { badAnswer } from '../../../infra/local/stytch/bad-answers.ts'
import { receive } from '../../../infra/local/stytch/core.ts'
import type { RequestFault } from '../../../infra/local/stytch/faults.ts'
import { createGate } from '../../../infra/local/stytch/gate.ts'
import { createProjectState } from '../../../infra/local/stytch/project.ts'
import { DEFAULT_SIMULATOR_SETTINGS } from '../../../infra/local/stytch/settings.ts'
import type { Member } from '../../../lib/contract/breach-event.ts'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../../lib/stytch/credentials.ts'
import type { RequireReset } from '../../../lib/stytch/require-reset.ts'
import { type FaultKind, isOngoing, type Outage } from '../scenario/faults.ts'
import type { Deployment, PersonKind, Scenario } from '../scenario/scenario.ts'
import type { Engine, Environment } from './environment.ts'
import { KELVIN, type People, PROJECT_ID } from './journal.ts'

export const FIRST_SECRET = 'canary-secret-1'

export type Stytch = ReturnType<typeof createStytch>

const isStranger = (kind: PersonKind | undefined) => kind === 'stranger' || kind === 'look-alike'

/** An address as Stytch knows it: in any capitals, but the local Stytch would fold a Kelvin sign as well, and a mail server does not. */
function asKnown(email: string): string {
  return email.replaceAll(KELVIN, 'kelvin').toLowerCase()
}

/** Creates the simulated Stytch of the local system, without its network: the same members, passwords, rate windows and answers. */
export function createStytch(settings: {
  people: readonly PersonKind[]
  emailOf: (person: number) => string
  requestsPerSecond: number
  now: () => number
  passwordsSetAt: number
}) {
  const { people, requestsPerSecond, now, passwordsSetAt } = settings
  const emailOf = (person: number) => asKnown(settings.emailOf(person))
  const project = createProjectState(now)
  const gate = createGate({ projectId: PROJECT_ID, secret: FIRST_SECRET, requestsPerSecond, now })
  const home = project.addOrganization({ organizationId: 'organization-test-home', slug: 'home' })
  const suspended = project.addOrganization({
    organizationId: 'organization-test-off',
    slug: 'off',
    suspended: true,
  })
  const second = project.addOrganization({ organizationId: 'organization-test-second', slug: 'second' })

  for (const [index, kind] of people.entries()) {
    if (isStranger(kind)) continue
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

  /** Has the effect of a call and returns its answer. `fault` replaces the answer; without `withEffect` nothing is changed. */
  function call(member: Member, credentials: Credentials, fault?: RequestFault, withEffect = true) {
    if (credentials.project_id !== PROJECT_ID) return { answer: toAnswer(NOBODY_THERE), effect: false }
    const basic = Buffer.from(`${credentials.project_id}:${credentials.secret}`).toString('base64')
    const email = asKnown(member.email_address)
    const received = receive(
      { project, settings: DEFAULT_SIMULATOR_SETTINGS, gate },
      { ...REQUIRE_RESET, body: { ...member, email_address: email } },
      { authorization: `Basic ${basic}`, requestId: 'request-1' },
    )
    if (!received) throw new Error('the simulated Stytch has lost its require_reset')
    const decision = received.decide(fault)
    const { effect = 'none' } = withEffect ? decision.carryOut() : {}
    const bad = fault && badAnswer(fault, { requestId: 'request-1', email })
    return { answer: toAnswer(bad ?? decision.answer), effect: effect !== 'none' }
  }

  return {
    call,
    rotateSecret: gate.rotateSecret,
    choosePassword: (person: number) => {
      if (!isStranger(people[person])) project.passwords.set(emailOf(person), now())
    },
    password: (person: number) => project.passwords.find(emailOf(person)),
  }
}

const REQUIRE_RESET = { method: 'POST', path: '/v1/b2b/passwords/email/require_reset' }

/** What another project, which has none of these people, answers to its own key. */
const NOBODY_THERE = errorAnswer(404, 'email_not_found', 'request-1')

function toAnswer({ status, body, headers = {} }: HttpAnswer): Answer {
  return { kind: 'answered', status, body, retryAfter: headers['retry-after'] }
}

const MIN_LATENCY_MS = 3
const MAX_LATENCY_MS = 100
const MAX_RETRY_AFTER_S = 60
const SOON_MS = 600_000
const LATER_MS = 3 * 24 * 3_600_000
const TIMED_OUT: Answer = { kind: 'unanswered', code: 'timeout' }

type Surroundings = Engine & {
  scenario: Pick<Scenario, 'outages'>
  deployment: Deployment
  people: People
  stytch: Stytch
  numberCall: () => number
}

/** Creates Stytch as one execution environment sees it: through a network, with a timeout, with faults and outages. */
export function createStytchClient(world: Surroundings, environment: Environment): RequireReset {
  const { timeline, random, stytch, people, note, faults, deployment } = world
  const timeoutMs = deployment.stage.stytchTimeoutSeconds * 1000

  return (member, credentials) => {
    if (!environment.isAlive()) return new Promise(() => {})
    const fault = faults.planned('call')
    if (fault === 'crash before') environment.crash('call')
    if (!environment.isAlive()) return new Promise(() => {})
    const call = world.numberCall()
    note({
      what: 'called',
      invocation: environment.invocation?.id ?? environment.name,
      environment: environment.name,
      call,
      person: people.named(member.email_address) ?? 'nobody known',
      project: credentials.project_id,
      clock: environment.now(),
    })
    return new Promise((resolve) => {
      let isOver = false
      const maxLatencyMs = fault === 'slow' ? 2 * timeoutMs : MAX_LATENCY_MS
      timeline.after(random.between('way to Stytch', MIN_LATENCY_MS, maxLatencyMs), arrive)
      timeline.after(timeoutMs, () => answer(TIMED_OUT))

      function arrive(): void {
        if (fault === 'delivered again') environment.invocation?.show()
        const { answer: bad, lost, hangs = false, withEffect = true } = mishapNow(world, fault) ?? {}
        const isLost = lost !== undefined || hangs
        const served = isLost && !withEffect ? undefined : stytch.call(member, credentials, bad, withEffect)
        note({ what: 'reached Stytch', call, effect: served?.effect ?? false })
        if (served?.effect) chooseLater(world, member)
        if (fault === 'crash after') environment.crash('call')
        if (hangs) return
        const latencyMs = random.between('way from Stytch', MIN_LATENCY_MS, MAX_LATENCY_MS)
        timeline.after(latencyMs, () => answer(lost ?? served?.answer))
      }

      function answer(given: Answer | undefined): void {
        if (isOver || !given || !environment.isAlive()) return
        isOver = true
        note({ what: 'answered', call, ...describe(given) })
        resolve(given)
      }
    })
  }
}

/** A member who was reset chooses a new password sooner, later or never. */
function chooseLater(
  { timeline, random, stytch, people, note }: Surroundings,
  { email_address }: Member,
): void {
  const person = Number(people.named(email_address)?.slice(1))
  if (random.next('chooses') < 0.2) return
  const maxMs = random.next('chooses') < 0.5 ? SOON_MS : LATER_MS
  timeline.after(random.between('chooses', 0, maxMs), () => {
    stytch.choosePassword(person)
    note({ what: 'chose a password', person: `p${person}` })
  })
}

function describe(answer: Answer): { as: string; retryAfterMs: number | undefined } {
  if (answer.kind !== 'answered') return { as: answer.code, retryAfterMs: undefined }
  const { error_type = '', request_id } = parse(answer.body)
  const as = answer.status === 200 ? (request_id ? 'reset' : 'unusable') : `${answer.status} ${error_type}`
  return { as, retryAfterMs: answer.retryAfter === undefined ? undefined : Number(answer.retryAfter) * 1000 }
}

function parse(body = ''): { error_type?: string; request_id?: string } {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}

/** How a call goes wrong: a bad answer, none at all, or one too late. `withEffect`: whether the reset happens. */
type Mishap = {
  answer?: RequestFault
  /** What the client sees instead of an answer. */
  lost?: Answer
  hangs?: boolean
  withEffect: boolean
}

/** Returns how a call that reaches Stytch now goes wrong; undefined when it does not. */
function mishapNow(
  { scenario, timeline, startedAt, random }: Surroundings,
  fault: FaultKind | undefined,
): Mishap | undefined {
  const as = scenario.outages.find((outage) => isOngoing(outage, timeline.now() - startedAt))?.as
  const hint =
    random.next('Retry-After') < 0.5
      ? {}
      : { retryAfter: random.between('Retry-After', 0, MAX_RETRY_AFTER_S) }
  if (fault === 'throttled' || as === 'throttled')
    return { answer: { kind: 'throttle', ...hint }, withEffect: false }
  return (fault && MISHAPS[fault]) ?? (as && OUTAGES[as])
}

const CONNECTION_LOST: Answer = { kind: 'unanswered', code: 'connection_lost' }
const UNREACHABLE: Answer = { kind: 'unreachable', code: 'unreachable' }

const MISHAPS: Partial<Record<FaultKind, Mishap>> = {
  refused: { answer: { kind: 'server_error', status: 503 }, withEffect: false },
  unusable: { answer: { kind: 'wrong_json' }, withEffect: true },
  unanswered: { lost: CONNECTION_LOST, withEffect: true },
  swallowed: { lost: CONNECTION_LOST, withEffect: false },
}

const OUTAGES: Record<Exclude<Outage['as'], 'throttled'>, Mishap> = {
  'server error': { answer: { kind: 'server_error', status: 500 }, withEffect: false },
  html: { answer: { kind: 'html', status: 502 }, withEffect: false },
  'refuses everybody': {
    answer: { kind: 'error', status: 403, errorType: 'expired' },
    withEffect: false,
  },
  unreachable: { lost: UNREACHABLE, withEffect: false },
  hangs: { hangs: true, withEffect: false },
  'hangs after the effect': { hangs: true, withEffect: true },
}
