import type { SQSClient } from '@aws-sdk/client-sqs'

const WHOLE_SECOND_MS = 1000

/**
 * Returns a clock that tells when the last response of the client was sent, in ms since the epoch by AWS's clock: the last
 * moment that can be, for a response names the second only. This machine's clock may be wrong by minutes.
 */
export function watchClock(client: SQSClient): () => number {
  let at = Number.NaN
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers = {} } = result.response as { headers?: Record<string, string> }
      at = Date.parse(headers.date ?? '') + WHOLE_SECOND_MS
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'watchClock' },
  )
  return () => at
}
