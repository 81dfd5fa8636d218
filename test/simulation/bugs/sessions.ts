import type { Effects } from '../../../functions/end-sessions/environment.ts'
import type { Answer, StytchRequest } from '../../../lib/stytch/ask-stytch.ts'
import type { Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'

const LATER_MS = 600_000
const MISSES = 6

/** Bugs in how end-sessions finds people, ends their sessions and settles. */
export const sessionBugs: Record<string, Bug> = {
  'takes a 200 for the end of the sessions': {
    breaks: 'no stolen session is alive',
    seams: readingBack(async () => NONE_LEFT),
  },
  'writes that sessions have ended before the read-back': {
    breaks: 'rows of ended sessions are true',
    seams: readingBack(async (really) => {
      void really()
      return NONE_LEFT
    }),
  },
  'ends the sessions of the first member only': {
    breaks: 'rows of ended sessions are true',
    seams: finding((members) => members.filter(isFirstOf(members))),
  },
  'writes that sessions have ended for a later reset': {
    breaks: 'rows of ended sessions are true',
    seams: ending((effects) => ({
      writeEnded: (rows) => effects.writeEnded(rows.map((row) => ({ ...row, resetAt: row.resetAt + 1 }))),
    })),
  },
  'reads only the first page': {
    breaks: 'rows of ended sessions are true',
    seed: 25,
    seams: answers('search', (body) => ({ ...body, results_metadata: { total: -1 } })),
  },
  'gives up at the first search that finds nobody': {
    breaks: 'who is missed is looked for again',
    seams: {
      endSessions: (create) => {
        const handle = create()
        return (event, remainingMs) => {
          const Records = event.Records.map(({ body, ...record }) => ({
            ...record,
            body: body.replaceAll('"reset_at":', `"misses":${MISSES},"reset_at":`),
          }))
          return handle({ Records }, remainingMs)
        }
      },
    },
  },
  'trusts the filter of a search': {
    breaks: 'nobody else is logged out',
    seams: finding((members, [email_address = '']) =>
      members.map((member) => ({ ...member, email_address: member.email_address || email_address })),
    ),
  },
  'has somebody reset again who is not found': {
    breaks: 'the fence is kept',
    seams: ending((effects) => ({
      sendMessages: async (to, messages) => {
        const all = [...messages]
        const missed = all.filter(({ body }) => body.includes('"misses"'))
        const fence = `"fence":"${new Date(effects.now()).toISOString()}"`
        const again = missed.map(({ body }) => ({ body: body.replace(/"fence":"[^"]*"/, fence) }))
        if (again.length > 0) await effects.sendMessages('reset', again)
        return effects.sendMessages(to, all)
      },
    })),
  },
  'forgets whose sessions have ended': {
    breaks: 'nobody is logged out again',
    seams: ending(() => ({ readEnded: async () => new Map() })),
  },
  'treats an unreadable ledger as nobody ended': {
    breaks: 'nobody is logged out again',
    seed: 52,
    seams: ending((effects) => ({
      readEnded: (people) => effects.readEnded(people).catch(() => new Map()),
    })),
  },
  'compares a reset with when sessions ended': {
    breaks: 'sessions are acknowledged only when ended',
    seams: comparingEnds(),
  },
  'acknowledges before its letters are sent': {
    breaks: 'sessions are acknowledged only when ended',
    seams: ending((effects) => ({
      sendMessages: async (to, messages) => {
        if (to !== 'dead-letter') return effects.sendMessages(to, messages)
        void effects.sendMessages(to, messages).catch(() => {})
        return { refused: [] }
      },
    })),
  },
  'acknowledges before sessions that ended are recorded': {
    breaks: 'sessions are acknowledged only when ended',
    seams: ending((effects) => ({
      writeEnded: async (rows) => void effects.writeEnded(rows).catch(() => {}),
    })),
  },
  'takes a member without sessions for a failure': {
    breaks: 'letters of end-sessions give the true reason',
    seams: answers('sessions/revoke', (body) =>
      body.error_type === 'session_not_found' ? { ...body, error_type: 'cannot_revoke' } : body,
    ),
  },
  'blames somebody for an outage of the search': {
    breaks: 'letters of end-sessions give the true reason',
    seams: asking(async (request, really) => {
      const answer = await really()
      return request.path.endsWith('/search') && answer.kind === 'answered' && answer.status >= 500
        ? { ...answer, status: 400, body: REFUSED }
        : answer
    }),
  },
  'gives each environment the whole rate of searches': {
    breaks: 'the rates of end-sessions hold',
    seed: 9,
    seams: {
      endSessions: (create, { deployment: { settings } }) =>
        create({ searchesPerMinute: 2 * (settings.sessions?.searchesPerMinute ?? 1) }),
    },
  },
  'gives each environment the whole rate of revocations': {
    breaks: 'the rates of end-sessions hold',
    seed: 14,
    seams: {
      endSessions: (create, { deployment: { settings } }) =>
        create({ revocationsPerSecond: 2 * (settings.sessions?.revocationsPerSecond ?? 1) }),
    },
  },
  'asks Stytch until its last second': {
    breaks: 'time is left for settling',
    seams: {
      endSessions: (create) => {
        const handle = create({ functionTimeoutMs: Number.POSITIVE_INFINITY })
        return (event, remainingMs) => handle(event, remainingMs + LATER_MS)
      },
    },
  },
  'ignores Retry-After of a search': {
    breaks: 'Retry-After is obeyed',
    seed: 88,
    seams: asking(async ({ path }, really) => {
      const answer = await really()
      const isSearch = path.endsWith('/search') && answer.kind === 'answered'
      return isSearch ? { ...answer, retryAfter: undefined } : answer
    }),
  },
  'leaves the reset in its letters': {
    breaks: 'dead letters can be redriven',
    seams: letters((body) => ({ ...body, data: { ...body.data, members: withReset(body.data.members) } })),
  },
  'lets its letters expire': {
    breaks: 'mode, expiry and age are kept',
    seams: letters((body, now) => ({ ...body, expirytime: new Date(now + LATER_MS).toISOString() })),
  },
  'logs the members it finds': {
    breaks: 'nothing leaks',
    seams: ending((effects) => ({
      askStytch: (request, credentials) => {
        effects.observe.note('asks', { path: request.path, body: JSON.stringify(request.body) })
        return effects.askStytch(request, credentials)
      },
    })),
  },
}

/** Changes what end-sessions has to do with the world. */
export function ending(change: (effects: Effects, world: World) => Partial<Effects>): Seams {
  return { endEffects: (effects, world) => ({ ...effects, ...change(effects, world) }) }
}

type Ask = (request: StytchRequest, really: () => Promise<Answer>) => Promise<Answer>

/** Changes what end-sessions learns from Stytch. */
export function asking(ask: Ask): Seams {
  return ending(({ askStytch }) => ({
    askStytch: (request, credentials) => ask(request, () => askStytch(request, credentials)),
  }))
}

function readingBack(read: (really: () => Promise<Answer>) => Promise<Answer>): Seams {
  return asking(({ method }, really) => (method === 'GET' ? read(really) : really()))
}

export const NONE_LEFT: Answer = {
  ...{ kind: 'answered', status: 200, retryAfter: undefined },
  body: JSON.stringify({ request_id: 'request-1', status_code: 200, member_sessions: [] }),
}
const REFUSED = JSON.stringify({ request_id: 'request-1', status_code: 400, error_type: 'cannot_search' })

// biome-ignore lint/suspicious/noExplicitAny: a bug may do anything to an answer
type AnyBody = any

/** Changes the JSON of every answer to a request whose path has that word. */
function answers(word: string, change: (body: AnyBody, request: StytchRequest) => unknown): Seams {
  return asking(async (request, really) => {
    const answer = await really()
    if (!request.path.includes(word) || answer.kind !== 'answered') return answer
    try {
      return { ...answer, body: JSON.stringify(change(JSON.parse(answer.body ?? ''), request)) }
    } catch {
      return answer
    }
  })
}

type FoundMember = { email_address: string }

/** Changes whom a search finds. `emails`: whom it asks for; the address of a member whom it does not ask for is empty. */
function finding(change: (members: FoundMember[], emails: string[]) => FoundMember[]): Seams {
  return answers('members/search', (body, request) => {
    const { query } = request.body as { query: { operands: { filter_value: string[] }[] } }
    const emails = query.operands.flatMap(({ filter_value }) => filter_value)
    if (!Array.isArray(body.members)) return body
    const members = body.members.map((member: FoundMember) =>
      emails.includes(member.email_address) ? member : { ...member, email_address: '' },
    )
    return { ...body, members: change(members, emails) }
  })
}

function isFirstOf(members: readonly FoundMember[]) {
  return (member: FoundMember) =>
    members.find(({ email_address }) => email_address === member.email_address) === member
}

function letters(rewrite: Rewrite): Seams {
  return ending(({ sendMessages, now }) => ({
    sendMessages: rewriteBodies(sendMessages, 'dead-letter', rewrite, now),
  }))
}

function withReset(rows: readonly object[]): object[] {
  return rows.map((row) => ({ ...row, reset_at: '2026-11-20T12:00:00.000Z' }))
}

/** Reads when the sessions of people ended, which the rows say as well, for the reset that they ended for. */
function comparingEnds(): Seams {
  return ending((effects) => ({
    readEnded: async (people) => {
      const known = await effects.readEnded(people)
      return new Map(
        [...known].map(([person, row]) => [person, { ...row, resetAt: row.endedAt ?? row.resetAt }]),
      )
    },
  }))
}
