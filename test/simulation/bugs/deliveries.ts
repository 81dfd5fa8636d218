import type { Seams } from '../world/boot.ts'
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
  'forgets how often it has searched': {
    breaks: 'nobody is looked for for ever',
    seams: deferred((row) => ({ ...row, misses: undefined })),
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
