import type { Answer, AskStytch, StytchRequest } from '../../../lib/stytch/ask-stytch.ts'
import type { RequireReset } from '../../../lib/stytch/require-reset.ts'
import type { Environment } from './environment.ts'
import type { Asked } from './journal.ts'
import { createNetwork } from './network.ts'
import type { World } from './world.ts'

const REQUIRE_RESET = { method: 'POST', path: '/v1/b2b/passwords/email/require_reset' } as const
const SOON_MS = 600_000
const LATER_MS = 3 * 24 * 3_600_000
const SHORTLY_MS = 3000
const MEANWHILE_MS = 600

/** Creates require_reset as one execution environment sees it. */
export function createResetClient(world: World, environment: Environment): RequireReset {
  const { stytch, people, note } = world
  const send = createNetwork(world, environment)

  return (member, credentials) => {
    const person = people.named(member.email_address) ?? 'nobody known'
    const call = { call: 0 }
    let effect = false
    return send('call', {
      begin: () => {
        call.call = world.numberCall()
        note({
          ...{ what: 'called', ...call, person, project: credentials.project_id, clock: environment.now() },
          ...{
            invocation: environment.invocation?.id ?? environment.name,
            environment: environment.name,
          },
        })
      },
      serve: (fault, withEffect) => {
        const served = stytch.ask({ ...REQUIRE_RESET, body: member }, credentials, fault, withEffect)
        effect = served.effect
        return served.answer
      },
      reached: () => {
        note({ what: 'reached Stytch', ...call, effect })
        if (!effect) return
        chooseLater(world, person)
        for (const id of stytch.membersOf(Number(person.slice(1)))) signInSoon(world, id)
      },
      answered: (answer) => {
        const as = statusOf(answer)
        note({
          what: 'answered',
          ...call,
          as: as === 'done' ? 'reset' : as,
          retryAfterMs: retryAfterOf(answer),
        })
      },
    })
  }
}

/** Creates the other endpoints of Stytch as one execution environment sees them. */
export function createAskClient(world: World, environment: Environment): AskStytch {
  const { stytch, note } = world
  const send = createNetwork(world, environment)

  return (request, credentials) => {
    const about = whomIsAsked(world, request)
    const { endpoint, member } = about
    const ask = { ask: 0 }
    let revoked = 0
    return send(endpoint, {
      isTooMuch: about.people.length > world.scenario.ways.searchSlowAbove,
      vanish: () => {
        if (member === undefined) return
        stytch.deleteMember(member)
        note({ what: 'member deleted', member })
      },
      begin: () => {
        ask.ask = world.numberAsk()
        note({
          ...{ what: 'asked', ...ask, ...about, project: credentials.project_id, clock: environment.now() },
          ...{
            invocation: environment.invocation?.id ?? environment.name,
            environment: environment.name,
          },
        })
      },
      serve: (fault, withEffect) => {
        const served = stytch.ask(request, credentials, fault, withEffect)
        revoked = served.revoked
        return served.answer
      },
      reached: () => {
        const open = member === undefined ? [] : stytch.openSessions(member)
        note({ what: 'ask reached Stytch', ...ask, revoked, open })
        if (endpoint !== 'revoke' || !member) return
        signInSoon(world, member)
        exchangeSoon(world, member)
      },
      answered: (answer) =>
        note({
          what: 'ask answered',
          ...ask,
          as: statusOf(answer),
          retryAfterMs: retryAfterOf(answer),
          shown: endpoint === 'read back' ? shownIn(answer) : [],
        }),
    })
  }
}

const ENDPOINTS: Record<string, Asked> = {
  '/v1/b2b/organizations/search': 'search organizations',
  '/v1/b2b/organizations/members/search': 'search members',
  '/v1/b2b/sessions/revoke': 'revoke',
  '/v1/b2b/sessions': 'read back',
}

type Body = { member_id?: string; query?: { operands: { filter_value: string[] }[] } }

function whomIsAsked(
  { people }: World,
  request: StytchRequest,
): { endpoint: Asked; people: string[]; member: string | undefined } {
  const [path = '', query = ''] = request.path.split('?')
  const endpoint = ENDPOINTS[path]
  if (!endpoint) throw new Error(`end-sessions has no business at ${path}`)
  const body = (request.body ?? {}) as Body
  const member = body.member_id ?? new URLSearchParams(query).get('member_id') ?? undefined
  const emails = body.query?.operands.flatMap(({ filter_value }) => filter_value) ?? []
  return {
    endpoint,
    member,
    people:
      member === undefined
        ? emails.map((email) => people.named(email) ?? 'nobody known')
        : [people.ofMember(member)],
  }
}

/** A member who was reset chooses a new password sooner, later or never. */
function chooseLater({ timeline, random, stytch, note }: World, person: string): void {
  if (random.next('chooses') < 0.2) return
  const maxMs = random.next('chooses') < 0.5 ? SOON_MS : LATER_MS
  timeline.after(random.between('chooses', 0, maxMs), () => {
    stytch.choosePassword(Number(person.slice(1)))
    note({ what: 'chose a password', person })
  })
}

/** A member, or a thief, may sign in just after their reset or their log-out. */
function signInSoon({ timeline, random, stytch, note }: World, member: string): void {
  if (random.next('signs in') < 0.7) return
  timeline.after(random.between('signs in', 0, SHORTLY_MS), () => {
    stytch.signIn(member)
    note({ what: 'signed in', member })
  })
}

/** While another of a person's members has a session, it can be exchanged for one of the member who was just logged out. */
function exchangeSoon({ timeline, random, stytch, note }: World, member: string): void {
  if (random.next('exchanges') < 0.5) return
  timeline.after(random.between('exchanges', 0, MEANWHILE_MS), () => {
    const from = stytch.exchange(member)
    if (from !== undefined) note({ what: 'session exchanged', from, member })
  })
}

/** Without parsing it: the answers of a search are long. */
function statusOf(answer: Answer): string {
  if (answer.kind !== 'answered') return answer.code
  const { status, body = '' } = answer
  if (status === 200) return body.includes('"request_id":"') ? 'done' : 'unusable'
  return `${status} ${/"error_type":"(\w+)"/.exec(body)?.[1] ?? ''}`
}

function shownIn(answer: Answer): number[] {
  const { body = '' } = answer.kind === 'answered' ? answer : {}
  return [...body.matchAll(/"started_at":"([^"]+)"/g)].map(([, at = '']) => Date.parse(at))
}

function retryAfterOf(answer: Answer): number | undefined {
  if (answer.kind !== 'answered' || answer.retryAfter === undefined) return undefined
  return Number(answer.retryAfter) * 1000
}
