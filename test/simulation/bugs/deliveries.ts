import type { StytchRequest } from '../../../lib/stytch/ask-stytch.ts'
import type { Seams } from '../world/boot.ts'
import type { World } from '../world/world.ts'
import type { Bug } from './hunt.ts'
import { type Rewrite, rewriteBodies } from './messages.ts'
import { ending, NONE_LEFT } from './sessions.ts'

/** Bugs in what end-sessions remembers of people from one delivery to the next. */
export const deliveryBugs: Record<string, Bug> = {
  'revokes again at each delivery': {
    breaks: 'nobody is logged out for nothing',
    seams: received((body) => body.replaceAll(/,"revoked_at":"[^"]*"/g, '')),
  },
  'forgets, when it defers somebody, which members they are': {
    breaks: 'nobody is logged out for nothing',
    seams: deferred((row) => ({ ...row, found: undefined })),
  },
  'forgets a member who could not be logged out yet': {
    breaks: 'rows of ended sessions are true',
    seed: 25,
    seams: deferred(({ found = [], ...row }) => ({
      ...row,
      found: found.filter(({ revoked_at }) => revoked_at !== undefined),
    })),
  },
  'forgets how often it has searched': {
    breaks: 'nobody is looked for for ever',
    seams: deferred((row) => ({ ...row, misses: undefined })),
  },
  'takes a session that was exchanged after a log-out for a new one': {
    breaks: 'no stolen session is alive',
    seed: 281,
    seams: trustingExchanges(),
  },
  'believes an earlier read-back': {
    breaks: 'no stolen session is alive',
    seed: 1288,
    seams: readingOnce(),
  },
  'gives somebody up because of one of their members': {
    breaks: 'who is refused has nobody left to try',
    seed: 25,
    seams: givingUp(),
  },
  'never searches for fewer people': {
    breaks: 'slow searches get smaller',
    seams: {
      endEnvironment: (fresh) => ({ ...fresh, searchSize: { ...fresh.searchSize, lower: () => {} } }),
    },
  },
  'reads back nothing after a crash': {
    breaks: 'rows of ended sessions are true',
    seams: onceDeliveredAgain(),
  },
}

function received(change: (body: string) => string): Seams {
  return {
    endSessions: (create) => {
      const handle = create()
      return ({ Records }, remainingMs) =>
        handle(
          { Records: Records.map(({ body, ...record }) => ({ ...record, body: change(body) })) },
          remainingMs,
        )
    },
  }
}

type Row = { found?: { revoked_at?: string }[]; misses?: number }

function deferred(change: (row: Row) => object): Seams {
  const rewrite: Rewrite = (body) => ({
    ...body,
    data: { ...body.data, members: body.data.members.map(change) },
  })
  return ending(({ sendMessages, now }) => ({
    sendMessages: rewriteBodies(sendMessages, 'sessions', rewrite, now),
  }))
}

/** Takes what is delivered again for read back. */
function onceDeliveredAgain(): Seams {
  const again = new WeakSet<object>()
  return {
    endSessions: (create, _, environment) => {
      const handle = create()
      return (event, remainingMs) => {
        const isAgain = event.Records.some(({ attributes }) => attributes.ApproximateReceiveCount !== '1')
        if (isAgain) again.add(environment)
        else again.delete(environment)
        return handle(event, remainingMs)
      }
    },
    endEffects: (effects, _, environment) => ({
      ...effects,
      askStytch: async (request, credentials) =>
        request.method === 'GET' && again.has(environment)
          ? NONE_LEFT
          : effects.askStytch(request, credentials),
    }),
  }
}

/** Hides sessions that began since their own member was logged out, whatever became of the other members. */
function trustingExchanges(): Seams {
  const revokedIn = new WeakMap<World, Map<string, number>>()
  return ending(({ askStytch, now }, world) => {
    const revokedAt = revokedIn.get(world) ?? new Map<string, number>()
    revokedIn.set(world, revokedAt)
    return {
      askStytch: async (request, credentials) => {
        const startedAt = now()
        const answer = await askStytch(request, credentials)
        if (answer.kind !== 'answered' || answer.status !== 200) return answer
        const { member_id: revoked } = (request.body ?? {}) as { member_id?: string }
        if (revoked !== undefined) revokedAt.set(revoked, startedAt)
        if (request.method !== 'GET' || !answer.body?.includes('member_sessions')) return answer
        const body = JSON.parse(answer.body)
        const isOld = (session: { member_id: string; started_at: string }) =>
          Date.parse(session.started_at) < (revokedAt.get(session.member_id) ?? startedAt)
        return {
          ...answer,
          body: JSON.stringify({ ...body, member_sessions: body.member_sessions.filter(isOld) }),
        }
      },
    }
  })
}

/** Does not read a member back again who had no session left, unless they were revoked since. */
function readingOnce(): Seams {
  return ending(({ askStytch }) => {
    const without = new Set<string>()
    return {
      askStytch: async (request, credentials) => {
        const member = memberIn(request)
        if (request.method === 'GET' && without.has(member)) return NONE_LEFT
        const answer = await askStytch(request, credentials)
        if (request.method !== 'GET') without.delete(member)
        else if (answer.kind === 'answered' && answer.body?.includes('"member_sessions":[]'))
          without.add(member)
        return answer
      },
    }
  })
}

/** Dead-letters people, instead of deferring them, when Stytch has refused one of their members. */
function givingUp(): Seams {
  return ending(({ askStytch, sendMessages }) => {
    const refused = new Set<string>()
    return {
      askStytch: async (request, credentials) => {
        const answer = await askStytch(request, credentials)
        const isRefused = answer.kind === 'answered' && answer.status === 403
        if (isRefused && memberIn(request)) refused.add(memberIn(request))
        return answer
      },
      sendMessages: async (to, messages) => {
        if (to !== 'sessions') return sendMessages(to, messages)
        const { letters = [], others = [] } = Object.groupBy(messages, ({ body }) =>
          [...refused].some((member) => body.includes(`"${member}"`)) ? 'letters' : 'others',
        )
        const attributes = { 'failure-code': 'sessions_refused', 'failure-detail': 'revoke: expired' }
        await sendMessages(
          'dead-letter',
          letters.map(({ body }) => ({ body, attributes })),
        )
        return sendMessages(to, others)
      },
    }
  })
}

/** Whom a revocation or a read-back is about. */
function memberIn({ path, body }: StytchRequest): string {
  const { member_id } = (body ?? {}) as { member_id?: string }
  return member_id ?? new URLSearchParams(path.split('?')[1]).get('member_id') ?? ''
}
