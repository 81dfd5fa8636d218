import type { Effects, Environment } from '../../../functions/require-reset/environment.ts'
import { createLimiter } from '../../../lib/flow/limiter.ts'
import { createCircuit } from '../../../lib/step/stop-calling.ts'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import type { Seams } from '../world/boot.ts'
import type { Bug } from './hunt.ts'

const LATER_MS = 600_000
const LONG_AGO_MS = -1_000_000

/** Bugs in how require-reset calls Stytch. */
export const callBugs: Record<string, Bug> = {
  'calls twice to be sure': {
    breaks: 'nobody covered is called',
    seams: calling(({ requireReset }) => async (member, credentials) => {
      await requireReset(member, credentials)
      return requireReset(member, credentials)
    }),
  },
  'ignores the deadline': {
    breaks: 'time is left for settling',
    seams: {
      requireReset: (create) => {
        const handle = create({ functionTimeoutMs: Number.POSITIVE_INFINITY })
        return (event, remainingMs) => handle(event, remainingMs + LATER_MS)
      },
    },
  },
  'makes a limiter for each invocation': {
    breaks: 'Retry-After is obeyed',
    seed: 238,
    seams: { requireReset: (create) => (event, remainingMs) => create()(event, remainingMs) },
  },
  'gives each environment the whole rate': {
    breaks: 'the rate holds',
    seams: {
      requireReset: (create, { deployment }) =>
        create({ requestsPerSecond: deployment.stage.stytchRequestsPerSecond }),
    },
  },
  'measures the rate by the wall clock': {
    breaks: 'nobody is silent for long',
    seed: 102,
    seams: { resetEffects: (effects) => ({ ...effects, monotonic: effects.now }) },
  },
  'forgets the window between invocations': {
    breaks: 'the rate holds',
    seed: 14,
    seams: {
      requireReset: (create) => (event, remainingMs) => create()(event, remainingMs),
      ...withLimiter(),
    },
  },
  'measures the pause of a circuit by the wall clock': {
    breaks: 'nobody is silent for long',
    seed: 102,
    seams: withCircuit(({ now }) => ({ now, monotonic: now })),
  },
  'measures the pause of a circuit by a clock that stands still': {
    breaks: 'nobody is silent for long',
    seams: withCircuit(({ monotonic }) => ({ now: monotonic, monotonic })),
  },
  'retries people unknown to Stytch for ever': {
    breaks: 'the queues drain',
    seams: {
      ...answers((answer) =>
        answer.kind === 'answered' && answer.status === 404 ? { ...answer, status: 503 } : answer,
      ),
      requireReset: (create) => create({ retryHorizonMs: Number.POSITIVE_INFINITY }),
    },
  },
  'ignores Retry-After': {
    breaks: 'Retry-After is obeyed',
    seed: 23,
    seams: answers((answer) => (answer.kind === 'answered' ? { ...answer, retryAfter: undefined } : answer)),
  },
  'blames the member for a rotated key': {
    breaks: 'dead letters give the true reason',
    seams: blameMember(401),
  },
  'blames the member for an outage': {
    breaks: 'dead letters give the true reason',
    seed: 49,
    seams: blameMember(500),
  },
}

function withCircuit(clocks: (environment: Environment) => Pick<Effects, 'now' | 'monotonic'>): Seams {
  return {
    resetEnvironment: (fresh) => ({
      ...fresh,
      circuit: createCircuit({ ...clocks(fresh), maxUnrecorded: fresh.config.maxUnrecorded }),
    }),
  }
}

/** Each environment has a limiter that was made long ago, and has started nothing. */
function withLimiter(): Seams {
  return {
    resetEnvironment: (fresh) => {
      let isMade = false
      const monotonic = () => (isMade ? fresh.monotonic() : LONG_AGO_MS)
      const limiter = createLimiter({
        ...fresh,
        monotonic,
        rate: { starts: fresh.config.requestsPerSecond, inMs: 1000 },
      })
      isMade = true
      return { ...fresh, limiter: { ...limiter, during: (invocation) => invocation() } }
    },
  }
}

function calling(change: (effects: Effects) => Effects['requireReset']): Seams {
  return { resetEffects: (effects) => ({ ...effects, requireReset: change(effects) }) }
}

function answers(change: (answer: Answer) => Answer): Seams {
  return calling(
    ({ requireReset }) =>
      async (member, credentials) =>
        change(await requireReset(member, credentials)),
  )
}

/** Treats an answer with that status as an error in the member's row. */
function blameMember(status: number): Seams {
  return answers((answer) =>
    answer.kind === 'answered' && answer.status === status
      ? { ...answer, status: 400, body: '{"status_code":400,"error_type":"invalid_email"}' }
      : answer,
  )
}
