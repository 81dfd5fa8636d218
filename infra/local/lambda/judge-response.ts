import * as z from 'zod'
import type { InvocationResult } from './execution-environment.ts'

/**
 * Judges a function's response to a batch by AWS's rules. No list, an empty list or no response at all is a complete success.
 * An error, a malformed list or an id from outside the batch fails every message. Without ReportBatchItemFailures the
 * response doesn't matter.
 */
export function judgeResponse(input: {
  messageIds: readonly string[]
  result: InvocationResult
  reportBatchItemFailures: boolean
}): Judgement {
  const { messageIds, result, reportBatchItemFailures } = input
  const allFailed = (reason: string) => ({ acknowledged: [], failed: [...messageIds], reason })

  if (result.kind === 'failed') return allFailed(`${result.errorType}: ${result.errorMessage}`)
  if (!reportBatchItemFailures) return { acknowledged: [...messageIds], failed: [] }

  // An empty response counts as none.
  const response = ResponseSchema.safeParse(result.payload === '' ? null : result.payload)
  if (!response.success) return allFailed('the response is malformed')

  const reported = new Set(response.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier))
  const isInBatch = (id: string) => messageIds.includes(id)
  if (![...reported].every(isInBatch)) return allFailed('the response names a message outside the batch')
  return {
    acknowledged: messageIds.filter((id) => !reported.has(id)),
    failed: messageIds.filter((id) => reported.has(id)),
  }
}

export type Judgement = {
  /** To be deleted from the queue. */
  acknowledged: string[]
  /** Left to the visibility timeout. */
  failed: string[]
  /** Why the whole batch failed. */
  reason?: string
}

const ResponseSchema = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
  })
  .nullish()
