import type { BreachEvent } from '../contract/breach-event.ts'
import { describeError } from '../observability/describe-error.ts'
import {
  type BatchResult,
  eventGroup,
  type OutgoingMessage,
  packBatches,
  type SendEnvironment,
  sendBatch,
  toMessageBody,
} from '../queue/send-messages.ts'

const GRACE_MS = 3000
const CUT_OFF = 'interrupted without an answer: it may be on the queue'

export type SendOptions = { signal?: AbortSignal; onResult?: (result: EventResult) => void }

/**
 * Sends prepared events, in order and in as few requests as SQS allows. Resolves to a result for each, and never rejects. It stops
 * when SQS does not take something, and when `signal` is aborted; a request in flight then has three more seconds. What is left
 * is `unsent`.
 * `explain` says what an error of the client means. Without it that is the error's name, because a message can quote the request.
 */
export async function sendEvents(
  environment: SendEnvironment & { queueUrl: string; explain?: (error: unknown) => string },
  events: readonly BreachEvent[],
  { signal, onResult = () => {} }: SendOptions = {},
): Promise<EventResult[]> {
  const { queueUrl, explain = (error) => describeError(error).error_name } = environment
  const results: EventResult[] = []
  const cut = new AbortController()
  signal?.addEventListener('abort', () => setTimeout(() => cut.abort(), GRACE_MS).unref())
  let stopped = ''
  for (const batch of packBatches(events.map(toEventMessage))) {
    if (signal?.aborted) stopped ||= 'not tried: interrupted'
    const outcome = stopped ? undefined : await sendBatch(environment, queueUrl, batch, cut.signal)
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

/**
 * How sending an event ended. `refused`: SQS will never take it. `unsent`: send it again. If its request got no answer, it may be on
 * the queue all the same, and sending it twice harms nobody.
 */
type EventEnd = { status: 'sent'; messageId: string } | { status: 'refused' | 'unsent'; reason: string }

/** `members`: how many rows the event has. */
export type EventResult = { source: string; id: string; members: number } & EventEnd

type EventMessage = OutgoingMessage & { identity: { source: string; id: string; members: number } }

/** The message that carries an event. The parts of a list that was cut are one group, so that a long list does not starve others. */
export function toEventMessage(event: BreachEvent): EventMessage {
  const { source, id, data } = event
  return {
    body: toMessageBody(event),
    groupId: eventGroup({ source, id: id.replace(/\.\d+$/, '') }),
    identity: { source, id, members: data.members.length },
  }
}
