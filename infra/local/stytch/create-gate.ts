import { errorAnswer } from './error-answer.ts'
import type { Answer } from './json-answer.ts'

export type Gate = {
  /** The refusal that a request gets before anything is looked at; undefined lets it in. */
  refusal(authorization: string | undefined, requestId: string): Answer | undefined
  /** From now on only this secret opens. */
  rotateSecret(secret: string): void
}

/** Checks HTTP Basic credentials (401) and then the rate (429): Stytch counts requests in fixed windows, here of one second. `now` in ms. */
export function createGate(options: {
  projectId: string
  secret: string
  requestsPerSecond: number | undefined
  now: () => number
}): Gate {
  let { secret } = options
  let second = -1
  let requestsInSecond = 0

  function isOverRate(): boolean {
    const current = Math.floor(options.now() / 1000)
    if (current !== second) requestsInSecond = 0
    second = current
    requestsInSecond += 1
    return requestsInSecond > (options.requestsPerSecond ?? Number.POSITIVE_INFINITY)
  }

  return {
    refusal: (authorization, requestId) => {
      const expected = Buffer.from(`${options.projectId}:${secret}`).toString('base64')
      if (authorization !== `Basic ${expected}`)
        return errorAnswer(401, 'unauthorized_credentials', requestId)
      return isOverRate() ? errorAnswer(429, 'too_many_requests', requestId) : undefined
    },
    rotateSecret: (newSecret) => {
      secret = newSecret
    },
  }
}
