import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { type FaultKind, isOngoing, type Outage, type Step } from '../scenario/faults.ts'
import type { Deployment, Scenario } from '../scenario/scenario.ts'
import type { Engine, Environment } from './environment.ts'
import type { StytchFault } from './stytch.ts'

const MIN_LATENCY_MS = 3
const MAX_LATENCY_MS = 100
const MAX_RETRY_AFTER_S = 60
const TIMED_OUT: Answer = { kind: 'unanswered', code: 'timeout' }

type Surroundings = Engine & { scenario: Pick<Scenario, 'outages'>; deployment: Deployment }

/** What one request to Stytch is, whatever the network does to it. */
type Exchange = {
  /** It is sent. */
  begin(): void
  /** It reaches Stytch, which has its effect, or not, and may be made to give a bad answer. */
  serve(fault: StytchFault | undefined, withEffect: boolean): Answer
  /** Whom it is about is deleted. */
  vanish?(): void
  /** Whether it asks for so much that the answer comes too late. */
  isTooMuch?: boolean
  /** It has reached Stytch, also where nothing was served. */
  reached(): void
  /** The client has got its answer, or waited for too long. */
  answered(answer: Answer): void
}

/** Creates the network between one execution environment and Stytch: with a timeout, with faults and outages. */
export function createNetwork(world: Surroundings, environment: Environment) {
  const { timeline, random, faults, deployment } = world
  const timeoutMs = deployment.stage.stytchTimeout.toMilliseconds()

  return (step: Step, exchange: Exchange): Promise<Answer> => {
    if (!environment.isAlive()) return new Promise(() => {})
    const fault = faults.planned(step)
    if (fault === 'crash before') environment.crash(step)
    if (!environment.isAlive()) return new Promise(() => {})
    exchange.begin()
    return new Promise((resolve) => {
      let isOver = false
      const maxLatencyMs = fault === 'slow' ? 2 * timeoutMs : MAX_LATENCY_MS
      timeline.after(random.between('way to Stytch', MIN_LATENCY_MS, maxLatencyMs), arrive)
      timeline.after(timeoutMs, () => answer(TIMED_OUT))

      function arrive(): void {
        if (fault === 'delivered again') environment.invocation?.show()
        if (fault === 'deleted') exchange.vanish?.()
        const { answer: bad, lost, hangs = false, withEffect = true } = mishapNow(world, step, fault) ?? {}
        const isLost = lost !== undefined || hangs
        const served = isLost && !withEffect ? undefined : exchange.serve(bad, withEffect)
        exchange.reached()
        if (fault === 'crash after') environment.crash(step)
        if (hangs || exchange.isTooMuch) return
        const latencyMs = random.between('way from Stytch', MIN_LATENCY_MS, MAX_LATENCY_MS)
        timeline.after(latencyMs, () => answer(lost ?? served))
      }

      function answer(given: Answer | undefined): void {
        if (isOver || !given || !environment.isAlive()) return
        isOver = true
        exchange.answered(given)
        resolve(given)
      }
    })
  }
}

/** How a request goes wrong: a bad answer, none at all, or one too late. `withEffect`: whether what it asks for happens. */
type Mishap = {
  answer?: StytchFault
  /** What the client sees instead of an answer. */
  lost?: Answer
  hangs?: boolean
  withEffect: boolean
}

const ENDPOINT: Partial<Record<Step, Outage['at']>> = {
  call: 'reset',
  'search organizations': 'search',
  'search members': 'search',
  revoke: 'revoke',
  'read back': 'read back',
}

/** Returns how a request that reaches Stytch now goes wrong; undefined when it does not. */
function mishapNow(
  { scenario, timeline, startedAt, random }: Surroundings,
  step: Step,
  fault: FaultKind | undefined,
): Mishap | undefined {
  const as = scenario.outages.find(
    (outage) =>
      (outage.at === undefined || outage.at === ENDPOINT[step]) &&
      isOngoing(outage, timeline.now() - startedAt),
  )?.as
  if (fault === 'throttled' || as === 'throttled') {
    const hint =
      random.next('Retry-After') < 0.5
        ? {}
        : { retryAfter: random.between('Retry-After', 0, MAX_RETRY_AFTER_S) }
    return { answer: { kind: 'throttle', ...hint }, withEffect: false }
  }
  return (fault && MISHAPS[fault]) ?? (as && OUTAGES[as])
}

const CONNECTION_LOST: Answer = { kind: 'unanswered', code: 'connection_lost' }
const UNREACHABLE: Answer = { kind: 'unreachable', code: 'unreachable' }
const FORBIDDEN: Mishap = { answer: { kind: 'error', status: 403, errorType: 'expired' }, withEffect: false }

const MISHAPS: Partial<Record<FaultKind, Mishap>> = {
  refused: { answer: { kind: 'server_error', status: 503 }, withEffect: false },
  unusable: { answer: { kind: 'wrong_json' }, withEffect: true },
  unanswered: { lost: CONNECTION_LOST, withEffect: true },
  swallowed: { lost: CONNECTION_LOST, withEffect: false },
  forbidden: FORBIDDEN,
  survives: { answer: { kind: 'sessions_survive' }, withEffect: true },
  stranger: { answer: { kind: 'stranger_in_page' }, withEffect: true },
}

const OUTAGES: Record<Exclude<Outage['as'], 'throttled'>, Mishap> = {
  'server error': { answer: { kind: 'server_error', status: 500 }, withEffect: false },
  html: { answer: { kind: 'html', status: 502 }, withEffect: false },
  'refuses everybody': FORBIDDEN,
  unreachable: { lost: UNREACHABLE, withEffect: false },
  hangs: { hangs: true, withEffect: false },
  'hangs after the effect': { hangs: true, withEffect: true },
  'pages never end': { answer: { kind: 'next_page', as: 'new' }, withEffect: true },
  'pages in a circle': { answer: { kind: 'next_page', as: 'first' }, withEffect: true },
}
