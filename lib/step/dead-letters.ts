import type * as z from 'zod'
import type { Member, StepEvent } from '../contract/breach-event.ts'
import { describeIssues, identifyEvent } from '../contract/check-breach-event.ts'
import { parseJson } from '../contract/parse-json.ts'
import type { Observe } from '../observability/observe.ts'
import { type Failure, sendDeadLetters, toDeadLetter } from '../queue/dead-letter.ts'
import { type OutgoingMessage, type SendMessages, toMessageBody } from '../queue/send-messages.ts'

/** Reads the body of a message between functions. Only they may send it. Nothing else on their queues is acted on. */
export function readStepEvent<Event>(
  body: string,
  schema: z.ZodType<Event>,
): { event: Event } | { failure: Failure } {
  const json = parseJson(body)
  if (json.kind === 'rejected') return { failure: json.rejection }
  const event = schema.safeParse(json.value)
  if (event.success) return { event: event.data }
  return {
    failure: { code: 'invalid_event', detail: describeIssues(event.error), event: identifyEvent(json.value) },
  }
}

/** Dead-letters a body that is not an event. */
export async function deadLetterBody(
  environment: {
    config: { deadLetterQueueUrl: string }
    sendMessages: SendMessages
    observe: Pick<Observe, 'note' | 'measure'>
    now: () => number
  },
  body: string,
  failure: Failure,
): Promise<void> {
  const { observe, now } = environment
  observe.note('event dead-lettered', { code: failure.code, detail: failure.detail })
  await sendDeadLetters(environment, [toDeadLetter(body, failure, now())])
  observe.measure('EventsDeadLettered', 1)
}

/** The dead letter of one person: a breach event that can be redriven as it is, without what only our queues may say. */
export function toPersonLetter(
  event: StepEvent,
  rows: readonly Member[],
  { requestId: stytchRequestId, ...why }: Why,
  now: number,
): OutgoingMessage {
  const { sentat: _sentat, attempts, firsttriedat: _firsttriedat, ...breachEvent } = event
  const body = toMessageBody({ ...breachEvent, data: { ...event.data, members: rows } })
  return toDeadLetter(body, { ...why, stytchRequestId, attempts: attempts + 1, event }, now)
}

type Why = Pick<Failure, 'code' | 'detail' | 'redrive'> & { requestId?: string | undefined }
