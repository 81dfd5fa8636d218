import type { MetricName, Observe } from '../observability/observe.ts'
import { type Answer, closeConnectionOf } from '../stytch/ask-stytch.ts'
import type { Credentials } from '../stytch/credentials.ts'
import { type Failure, failureOf } from '../stytch/judge-answer.ts'
import type { Endpoint } from './endpoint.ts'
import type { Calls } from './invocation.ts'
import type { Stop } from './stop-calling.ts'

const TRIES = 3
const BACKOFF_MS = 200

/** What is asked of an endpoint, and what an answer to it means. `now` in ms since the epoch. */
export type Call<Done> = {
  ask: (credentials: Credentials) => Promise<Answer>
  judge: (answer: Answer, now: number) => Done | Failure
}

/** A final verdict with its answer and the start of its call (ms since the epoch), or why there is none. */
export type CallResult<Done> =
  | { kind: 'verdict'; verdict: Done | Final; answer: Answer; startedAt: number }
  | { kind: 'none'; stop: Stop; requestId?: string | undefined }

/** A failure that calling again at once would not change. */
type Final = Extract<Failure, { kind: 'refused' | 'unusable' }>

/** The end of a call that may have done what was asked without saying so. `startedAt` in ms since the epoch. */
export type UncertainAnswer = {
  kind: 'uncertain' | 'unusable'
  code: string
  requestId: string | undefined
  startedAt: number
}

/**
 * Calls an endpoint of Stytch, at most three times, within its rate and the deadline. `onUncertain` has recorded an uncertain call
 * before the next one is made.
 */
export async function callStytch<Done extends { kind: string }>(
  endpoint: Endpoint,
  call: Call<Done>,
  credentials: Credentials,
  invocation: Calls,
  onUncertain: (answer: UncertainAnswer) => Promise<void> = async () => {},
): Promise<CallResult<Done>> {
  const { inFlight, random, sleep, monotonic } = endpoint
  for (let attempt = 1; ; attempt++) {
    const made = await inFlight(() => callInTurn(endpoint, call, credentials, invocation))
    if ('stop' in made)
      return { kind: 'none', stop: { ...made.stop, untried: made.stop.untried && attempt === 1 } }
    const { verdict, failure, answer, startedAt, used } = made
    if (failure?.kind === 'unusable' || (failure?.kind === 'transient' && failure.uncertain)) {
      const { code, requestId } = failure
      const kind = failure.kind === 'unusable' ? 'unusable' : 'uncertain'
      await onUncertain({ kind, code, requestId, startedAt })
    }
    const unauthorized = failure?.kind === 'configuration_fault' && failure.unauthorized
    if (unauthorized && attempt < TRIES && (await hasRotated(endpoint, used))) continue

    const futile = stopIfFutile(endpoint, failure, invocation)
    if (failure?.kind !== 'transient' && failure?.kind !== 'configuration_fault') {
      return { kind: 'verdict', verdict: verdict as Done | Final, answer, startedAt }
    }
    const { requestId, code } = failure
    if (futile) return { kind: 'none', stop: futile, requestId }
    const retryAfterMs = failure.kind === 'transient' ? failure.retryAfterMs : undefined
    if (attempt === TRIES) return { kind: 'none', stop: { code, delay: 'growing', retryAfterMs }, requestId }
    const backoff = BACKOFF_MS * 2 ** attempt * random()
    await sleep(Math.max(0, Math.min(backoff, invocation.latestStart - monotonic())))
  }
}

/** Makes one call. Resolves to its verdict, or to why it may not be made. */
async function callInTurn<Done extends { kind: string }>(
  endpoint: Endpoint,
  { ask, judge }: Call<Done>,
  credentials: Credentials,
  invocation: Calls,
) {
  const { limiter, circuit, observe, now, monotonic } = endpoint
  const stop = invocation.stopped() ?? (await waitForTurn(endpoint, invocation))
  if (stop) return { stop }
  const used = endpoint.credentials.latest(credentials)
  const startedAt = now()
  const begun = monotonic()
  const answer = await ask(used)
  const verdict = judge(answer, now())
  const failure = failureOf(verdict)
  measureAnswer(observe, answer, monotonic() - begun)
  if (failure?.kind === 'unusable') {
    observe.measure('StytchUnusable', 1)
    closeConnectionOf(answer)
  }
  if (failure?.kind !== 'transient') {
    limiter.succeeded()
    circuit.answered()
  }
  if (failure?.kind === 'transient' && (failure.throttled || failure.retryAfterMs !== undefined)) {
    limiter.throttled(begun, failure.retryAfterMs)
  }
  return { verdict, failure, answer, startedAt, used }
}

/** Waits until the next call may start. Resolves to nothing then, otherwise to why no call may start any more. */
async function waitForTurn({ limiter }: Endpoint, invocation: Calls): Promise<Stop | undefined> {
  const isOurTurn = await limiter.acquire(invocation.latestStart, () => invocation.stopped() !== undefined)
  const stop = invocation.stopped()
  if (stop) return stop
  if (isOurTurn) {
    invocation.noteCall()
    return undefined
  }
  const retryAfterMs = limiter.pausedForMs()
  if (retryAfterMs > 0) return { code: 'too_many_requests', delay: 'growing', retryAfterMs, untried: true }
  return { code: 'out_of_time', delay: invocation.hasCalled() ? 'none' : 'growing' }
}

/** If the secret can't be read, the refusal stays what it is: a configuration fault. */
async function hasRotated({ credentials, observe }: Endpoint, used: Credentials): Promise<boolean> {
  try {
    return await credentials.hasRotated(used)
  } catch (error) {
    observe.failure('secret unavailable', error)
    return false
  }
}

/** Stops calling when a failure makes further calls futile, and opens the circuit when Stytch is unavailable. */
function stopIfFutile(
  { findFutility, circuit, observe }: Endpoint,
  failure: Failure | undefined,
  invocation: Calls,
): Stop | undefined {
  const futile = findFutility(failure)
  if (futile) invocation.stop(futile)
  if (futile?.delay === 'growing') {
    circuit.broke(futile)
    observe.measure('StytchUnavailable', 1)
  }
  return futile
}

/** Counts an answer of Stytch in exactly one class, and says for each whether it was throttled. */
function measureAnswer(observe: Pick<Observe, 'measure'>, answer: Answer, latencyMs: number): void {
  const metric = classOf(answer)
  observe.measure('StytchCalls', 1)
  observe.measure('StytchLatencyMs', latencyMs)
  observe.measure('StytchThrottled', metric === 'StytchThrottled' ? 1 : 0)
  if (metric !== 'StytchThrottled') observe.measure(metric, 1)
}

/** A redirect, which is not followed, and a switch of protocols, which is not made, are refusals. */
function classOf(answer: Answer): MetricName {
  if (answer.kind !== 'answered') return 'StytchUnanswered'
  if (answer.status === 429) return 'StytchThrottled'
  if (answer.status >= 500) return 'StytchAnswered5xx'
  return answer.status >= 200 && answer.status < 300 ? 'StytchAnswered2xx' : 'StytchAnswered4xx'
}
