import type { Member } from '../../lib/contract/breach-event.ts'
import type { MetricName, Observe } from '../../lib/observability/observe.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import { judgeAnswer, type Verdict } from '../../lib/stytch/judge-answer.ts'
import { type Answer, closeConnectionOf } from '../../lib/stytch/require-reset.ts'
import type { Environment } from './environment.ts'
import type { Invocation } from './invocation.ts'
import type { Stop } from './person.ts'

const TRIES = 3
const BACKOFF_MS = 200

/** A final verdict with the start of its call (ms since the epoch), or why there is none. */
type CallResult =
  | {
      kind: 'verdict'
      verdict: Exclude<Verdict, { kind: 'transient' | 'configuration_fault' }>
      startedAt: number
    }
  | { kind: 'none'; stop: Stop; requestId?: string | undefined }

/** The end of a call that may have reset the password without saying so. `startedAt` in ms since the epoch. */
export type UncertainAnswer = {
  kind: 'uncertain' | 'unusable'
  code: string
  requestId: string | undefined
  startedAt: number
}

/**
 * Calls Stytch for one row, at most three times, within the rate and the deadline. `onUncertain` has recorded an uncertain call
 * before the next one is made.
 */
export async function callStytch(
  environment: Environment,
  member: Member,
  credentials: Credentials,
  invocation: Invocation,
  onUncertain: (answer: UncertainAnswer) => Promise<void>,
): Promise<CallResult> {
  const { inFlight, random, sleep, monotonic } = environment
  for (let attempt = 1; ; attempt++) {
    const call = await inFlight(callInTurn, environment, member, credentials, invocation)
    if ('stop' in call)
      return { kind: 'none', stop: { ...call.stop, untried: call.stop.untried && attempt === 1 } }
    const { verdict, startedAt, used } = call
    if (verdict.kind === 'unusable' || (verdict.kind === 'transient' && verdict.uncertain)) {
      const { code, requestId } = verdict
      const kind = verdict.kind === 'unusable' ? 'unusable' : 'uncertain'
      await onUncertain({ kind, code, requestId, startedAt })
    }
    const unauthorized = verdict.kind === 'configuration_fault' && verdict.unauthorized
    if (unauthorized && attempt < TRIES && (await hasRotated(environment, used))) continue

    const futile = stopIfFutile(environment, verdict, invocation)
    if (verdict.kind !== 'transient' && verdict.kind !== 'configuration_fault') {
      return { kind: 'verdict', verdict, startedAt }
    }
    const { requestId, code } = verdict
    if (futile) return { kind: 'none', stop: futile, requestId }
    const retryAfterMs = verdict.kind === 'transient' ? verdict.retryAfterMs : undefined
    if (attempt === TRIES) return { kind: 'none', stop: { code, delay: 'growing', retryAfterMs }, requestId }
    const backoff = BACKOFF_MS * 2 ** attempt * random()
    await sleep(Math.max(0, Math.min(backoff, invocation.latestStart - monotonic())))
  }
}

/** Makes one call. Resolves to its verdict, or to why it may not be made. */
async function callInTurn(
  environment: Environment,
  member: Member,
  credentials: Credentials,
  invocation: Invocation,
) {
  const { limiter, circuit, observe, now, monotonic } = environment
  const stop = invocation.stopped() ?? (await waitForTurn(environment, invocation))
  if (stop) return { stop }
  const used = environment.credentials.latest(credentials)
  const startedAt = now()
  const begun = monotonic()
  const answer = await environment.requireReset(member, used)
  const verdict = judgeAnswer(answer, member, now())
  measureAnswer(observe, answer, monotonic() - begun)
  if (verdict.kind === 'reset') observe.measure('StytchNamedNobody', verdict.namesNobody ? 1 : 0)
  if (verdict.kind === 'unusable') {
    observe.measure('StytchNamedNobody', 0)
    observe.measure('StytchUnusable', 1)
    closeConnectionOf(answer)
  }
  if (verdict.kind !== 'transient') {
    limiter.succeeded()
    circuit.answered()
  }
  if (verdict.kind === 'transient' && (verdict.throttled || verdict.retryAfterMs !== undefined)) {
    limiter.throttled(begun, verdict.retryAfterMs)
  }
  return { verdict, startedAt, used }
}

/** Waits until the next call may start. Resolves to nothing then, otherwise to why no call may start any more. */
async function waitForTurn({ limiter }: Environment, invocation: Invocation): Promise<Stop | undefined> {
  const isOurTurn = await limiter.acquire(invocation.latestStart, () => invocation.stopped() !== undefined)
  const stop = invocation.stopped()
  if (stop) return stop
  if (isOurTurn) {
    invocation.called = true
    return undefined
  }
  const retryAfterMs = limiter.pausedForMs()
  if (retryAfterMs > 0) return { code: 'too_many_requests', delay: 'growing', retryAfterMs, untried: true }
  return { code: 'out_of_time', delay: invocation.called ? 'none' : 'growing' }
}

/** If the secret can't be read, the refusal stays what it is: a configuration fault. */
async function hasRotated({ credentials, observe }: Environment, used: Credentials): Promise<boolean> {
  try {
    return await credentials.hasRotated(used)
  } catch (error) {
    observe.failure('secret unavailable', error)
    return false
  }
}

/** Stops calling when a verdict makes further calls futile, and opens the circuit when Stytch is unavailable. */
function stopIfFutile(
  { findFutility, circuit, observe }: Environment,
  verdict: Verdict,
  invocation: Invocation,
): Stop | undefined {
  const futile = findFutility(verdict)
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
