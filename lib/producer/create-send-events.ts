import type { BreachEvent } from '../contract/breach-event.ts'
import { describeError } from '../observability/describe-error.ts'
import type { OutgoingMessage } from '../queue/outgoing-message.ts'
import { packBatches } from '../queue/pack-batches.ts'
import { type BatchResult, type SendDeps, sendBatch } from '../queue/send-batch.ts'
import type { EventEnd, EventResult } from './event-result.ts'
import { toEventMessage } from './to-event-message.ts'

const GRACE_MS = 3000
const CUT_OFF = 'interrupted without an answer: it may be on the queue'

export type SendEvents = (
  events: readonly BreachEvent[],
  options?: { signal?: AbortSignal; onResult?: (result: EventResult) => void },
) => Promise<EventResult[]>

/**
 * Returns what sends prepared events, in order and in as few requests as SQS allows, and resolves to a result for each. It
 * never rejects. It stops when SQS does not take something, and when `signal` is aborted; a request that is under way then has
 * three more seconds. What is left is `unsent`.
 * `explain` says what an error of the client means; its name unless given, for a message can quote the request.
 */
export function createSendEvents(
  deps: SendDeps & { queueUrl: string; explain?: (error: unknown) => string },
): SendEvents {
  const { queueUrl, explain = (error) => describeError(error).error_name } = deps
  return async (events, { signal, onResult = () => {} } = {}) => {
    const results: EventResult[] = []
    const cut = new AbortController()
    signal?.addEventListener('abort', () => setTimeout(() => cut.abort(), GRACE_MS).unref())
    let stopped = ''
    for (const batch of packBatches(events.map(toEventMessage))) {
      if (signal?.aborted) stopped ||= 'not tried: interrupted'
      const outcome = stopped ? undefined : await sendBatch(deps, queueUrl, batch, cut.signal)
      for (const message of batch) {
        const end = outcome
          ? endOf(message, outcome, cut.signal.aborted ? () => CUT_OFF : explain)
          : notTried(stopped)
        const result = { ...message.identity, ...end }
        results.push(result)
        onResult(result)
      }
      if (outcome?.unsent.length) stopped ||= 'not tried: an earlier event was not taken'
    }
    return results
  }
}

function endOf(
  message: OutgoingMessage,
  { sent, refused, error }: BatchResult,
  explain: (error: unknown) => string,
): EventEnd {
  const messageId = sent.get(message)
  if (messageId !== undefined) return { status: 'sent', messageId }
  const code = refused.get(message)
  if (code !== undefined) return { status: 'refused', reason: `SQS refuses it: ${code}` }
  return {
    status: 'unsent',
    reason: error === undefined ? 'SQS did not take it in four tries' : explain(error),
  }
}

function notTried(reason: string): EventEnd {
  return { status: 'unsent', reason }
}
