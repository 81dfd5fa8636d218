import type { Seams } from '../world/seams.ts'
import type { Bug } from './bug.ts'
import { rewriteBodies } from './rewrite-bodies.ts'

// biome-ignore lint/suspicious/noExplicitAny: a bug does what it likes to a message
const chunks = (rewrite: (body: any, now: number) => unknown): Seams => ({
  fanOutSends: (send, { timeline }) => rewriteBodies(send, 'reset', (body) => rewrite(body, timeline.now())),
})

/** What could be wrong with fan-out. */
export const fanOutBugs: Record<string, Bug> = {
  'computes the fence when it splits': {
    breaks: 'the fence is kept',
    seams: chunks((body, now) => ({ ...body, fence: new Date(now).toISOString() })),
  },
  'forgets the fence of a redriven letter': {
    breaks: 'the fence is kept',
    seams: {
      fanOut: (create) => {
        const handle = create()
        return (event, remainingMs) => {
          const Records = event.Records.map((record) => ({
            ...record,
            body: record.body.replace(/"fence":"[^"]*",?/, ''),
          }))
          return handle({ Records }, remainingMs)
        }
      },
    },
  },
  'does not copy the mode to chunks': {
    breaks: 'mode, expiry and age are kept',
    seams: chunks((body) => ({ ...body, data: { ...body.data, mode: undefined } })),
  },
  'loses the last member of a chunk': {
    breaks: 'acknowledged only when durable',
    seams: chunks((body) => ({ ...body, data: { ...body.data, members: body.data.members.slice(0, -1) } })),
  },
  'acknowledges an event before its chunks are sent': {
    breaks: 'acknowledged only when durable',
    seams: {
      fanOutSends: (send) => async (to, messages) => {
        void send(to, messages).catch(() => {})
        return { refused: [] }
      },
    },
  },
  'lets the stolen password through': {
    breaks: 'nothing leaks',
    seams: chunks((body) => ({ ...body, vendor: { password: 'canary-stolen-password' } })),
  },
}
