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
import { refusedContent, watchAttempts } from './sqs-errors.ts'

const GRACE_MS = 3000
const NOT_TRIED = 'not tried: an earlier event was not taken'

export type SendOptions = { signal?: AbortSignal; onResult?: (result: EventResult) => void }

type Environment = SendEnvironment & { queueUrl: string }

/**
 * Sends prepared events, in order and in as few requests as SQS allows. Resolves to a result for each, and never rejects. After an
 * event that SQS refuses for good it goes on with the others. It stops when SQS does not take something for another reason, and when
 * `signal` is aborted; a request in flight then has three more seconds. What is left is `unsent`.
 * `explain` says what an error of the client means. Without it that is the error's name, because a message can quote the request.
 */
export async function sendEvents(
  environment: Environment & { explain?: (error: unknown) => string },
  events: readonly BreachEvent[],
  { signal, onResult = () => {} }: SendOptions = {},
): Promise<EventResult[]> {
  const { explain = (error) => describeError(error).error_name } = environment
  const { sqs, wasNotTaken } = watchAttempts(environment.sqs)
  const results: EventResult[] = []
  const cut = new AbortController()
  signal?.addEventListener('abort', () => setTimeout(() => cut.abort(), GRACE_MS).unref())
  let stopped = ''
  for (const batch of packBatches(events.map(toEventMessage))) {
    if (signal?.aborted) stopped ||= 'not tried: interrupted'
    const outcome = stopped ? undefined : await sendApart({ ...environment, sqs }, batch, cut.signal)
    for (const message of batch) {
      const end: EventEnd = outcome
        ? endOf(message, outcome, {
            wasNotTaken,
            explain: cut.signal.aborted ? () => 'interrupted without an answer' : explain,
          })
        : { status: 'unsent', reason: stopped }
      const result = { ...message.identity, ...end }
      results.push(result)
      onResult(result)
    }
    if (outcome?.unsent.length) stopped ||= NOT_TRIED
  }
  return results
}

/** Sends a batch. When SQS refuses all of it for what is in it, each message is sent by itself: only one may be at fault. */
async function sendApart(
  environment: Environment,
  batch: readonly OutgoingMessage[],
  signal: AbortSignal,
): Promise<BatchResult> {
  const all = await sendBatch(environment, environment.queueUrl, batch, signal)
  const code = refusedContent(all.error)
  if (code === undefined) return all
  const { sent, refused } = all
  if (batch.length === 1)
    return { sent, refused: new Map(batch.map((message) => [message, code])), unsent: [] }
  for (const message of all.unsent) {
    const one = await sendApart(environment, [message], signal)
    for (const [taken, id] of one.sent) sent.set(taken, id)
    for (const [kept, reason] of one.refused) refused.set(kept, reason)
    if (one.unsent.length > 0) return { ...one, sent, refused }
  }
  return { sent, refused, unsent: [] }
}

function endOf(
  message: OutgoingMessage,
  { sent, refused, unsent, error }: BatchResult,
  { wasNotTaken, explain }: { wasNotTaken: (error: unknown) => boolean; explain: (error: unknown) => string },
): EventEnd {
  const messageId = sent.get(message)
  if (messageId !== undefined) return { status: 'sent', messageId }
  const code = refused.get(message)
  if (code !== undefined) return { status: 'refused', reason: `SQS refuses it: ${code}` }
  if (!unsent.includes(message)) return { status: 'unsent', reason: NOT_TRIED }
  if (error === undefined) return { status: 'unsent', reason: 'SQS did not take it in four tries' }
  return { status: wasNotTaken(error) ? 'unsent' : 'unknown', reason: explain(error) }
}

/**
 * How sending an event ended. `refused`: SQS will never take it. `unsent`: it is not on the queue. `unknown`: it may be on the queue,
 * because its request got no answer, or one that can't be relied on. Sending it again harms nobody.
 */
type EventEnd =
  | { status: 'sent'; messageId: string }
  | { status: 'refused' | 'unsent' | 'unknown'; reason: string }

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
