import type { Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import type { Answer } from '../../../lib/stytch/answer.ts'
import type { Seams } from '../world/seams.ts'
import type { Bug } from './bug.ts'

const LATER_MS = 600_000

const calling = (change: (effects: Effects) => Effects['requireReset']): Seams => ({
  resetEffects: (effects) => ({ ...effects, requireReset: change(effects) }),
})
const answers = (change: (answer: Answer) => Answer): Seams =>
  calling(
    ({ requireReset }) =>
      async (member, credentials) =>
        change(await requireReset(member, credentials)),
  )
const blame = (status: number) =>
  answers((answer) =>
    answer.kind === 'answered' && answer.status === status
      ? { ...answer, status: 400, body: '{"status_code":400,"error_type":"invalid_email"}' }
      : answer,
  )

/** What could be wrong with calling Stytch. */
export const callBugs: Record<string, Bug> = {
  'calls twice to be sure': {
    breaks: 'never called when covered',
    seams: calling(({ requireReset }) => async (member, credentials) => {
      await requireReset(member, credentials)
      return requireReset(member, credentials)
    }),
  },
  'ignores the deadline': {
    breaks: 'time is kept for settling',
    seams: {
      requireReset: (create) => {
        const handle = create()
        return (event, remainingMs) => handle(event, remainingMs + LATER_MS)
      },
    },
  },
  'makes a limiter for each invocation': {
    breaks: 'Retry-After is obeyed',
    seams: { requireReset: (create) => (event, remainingMs) => create()(event, remainingMs) },
  },
  'gives each environment the whole budget': {
    breaks: 'the rate holds',
    seams: {
      requireReset: (create, { deployment }) =>
        create({ requestsPerSecond: deployment.stage.stytchRequestsPerSecond }),
    },
  },
  'tries for ever whom Stytch does not know': {
    breaks: 'everything drains',
    seams: {
      ...answers((answer) =>
        answer.kind === 'answered' && answer.status === 404 ? { ...answer, status: 503 } : answer,
      ),
      requireReset: (create) => create({ retryHorizonMs: Number.POSITIVE_INFINITY }),
    },
  },
  'does not see Retry-After': {
    breaks: 'Retry-After is obeyed',
    seams: answers((answer) => (answer.kind === 'answered' ? { ...answer, retryAfter: undefined } : answer)),
  },
  'blames the member for a rotated key': { breaks: 'dead letters tell the truth', seams: blame(401) },
  'blames the member for an outage': { breaks: 'dead letters tell the truth', seams: blame(500) },
}
