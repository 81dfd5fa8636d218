import type { SQSEvent } from 'aws-lambda'

/** The event of an invocation with a record for each message, all sent at `sentAt`, in ms since the epoch. */
export function toSqsEvent(messages: readonly (object | string)[], sentAt: number): SQSEvent {
  const records = messages.map((message, index) => ({
    messageId: `m${index}`,
    body: typeof message === 'string' ? message : JSON.stringify(message),
    attributes: { SentTimestamp: String(sentAt) },
  }))
  return { Records: records } as unknown as SQSEvent
}
