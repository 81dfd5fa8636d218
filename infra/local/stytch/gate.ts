import { isSame } from '../guard.ts'
import { type Answer, errorAnswer } from './answers.ts'
import type { Endpoint } from './endpoint.ts'

/** Checks HTTP Basic credentials (401) and then the rate (429), which Stytch counts in fixed windows. `now` in ms. */
export function createGate({
  projectId,
  now,
  ...options
}: Rates & { projectId: string; secret: string; now: () => number }): Gate {
  const resets = createWindow(1000, options.requestsPerSecond, now)
  const searches = createWindow(60_000, options.searchesPerMinute, now)
  const revocations = createWindow(1000, options.revocationsPerSecond, now)
  const readBacks = createWindow(1000, options.readBacksPerSecond, now)
  const isOverRate: Record<Endpoint, () => boolean> = {
    require_reset: resets,
    search_organizations: searches,
    search_members: searches,
    revoke: revocations,
    read_back: readBacks,
  }
  let { secret } = options
  const isAuthorized = (authorization = '') =>
    isSame(authorization, `Basic ${Buffer.from(`${projectId}:${secret}`).toString('base64')}`)

  return {
    isAuthorized,
    refusal: (endpoint, authorization, requestId) => {
      if (!isAuthorized(authorization)) return errorAnswer(401, 'unauthorized_credentials', requestId)
      return isOverRate[endpoint]() ? errorAnswer(429, 'too_many_requests', requestId) : undefined
    },
    rotateSecret: (newSecret) => {
      secret = newSecret
    },
  }
}

/** Counts a request; returns whether it exceeds the limit of its window. */
function createWindow(lengthMs: number, limit: number | undefined, now: () => number): () => boolean {
  let window = -1
  let requests = 0
  return () => {
    const current = Math.floor(now() / lengthMs)
    if (current !== window) requests = 0
    window = current
    requests += 1
    return requests > (limit ?? Number.POSITIVE_INFINITY)
  }
}

/** More requests than this in one whole second or minute are answered with 429. */
export type Rates = {
  /** Of require_reset. */
  requestsPerSecond?: number | undefined
  /** Of both searches together. */
  searchesPerMinute?: number | undefined
  revocationsPerSecond?: number | undefined
  readBacksPerSecond?: number | undefined
}

export type Gate = {
  /** Whether a request carries the project id and the secret, as HTTP Basic credentials. */
  isAuthorized(authorization: string | undefined): boolean
  /** The error for a request that is refused before anything else is checked. Undefined lets it in. */
  refusal(endpoint: Endpoint, authorization: string | undefined, requestId: string): Answer | undefined
  /** From now on only this secret is accepted. */
  rotateSecret(secret: string): void
}
