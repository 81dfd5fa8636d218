import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/** A message on a local queue, seen without receiving it. */
export type LocalMessage = {
  messageId: string
  body: string
  /** The values of its message attributes; a binary one in base64. */
  attributes: Record<string, string>
  receiveCount: number
  /** ms since the epoch. */
  sentAt: number
  groupId: string | undefined
}

/** Every message on a queue: visible, in flight and delayed, in this order. */
export function inspectMessages(queue: SqsQueue): readonly LocalMessage[] {
  const { ready, inflight, delayed } = queue.inspectMessages()
  return [...ready, ...inflight.map(({ message }) => message), ...delayed].map((message) => ({
    messageId: message.messageId,
    body: message.body,
    attributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, { StringValue, BinaryValue }]) => [
        name,
        StringValue ?? BinaryValue ?? '',
      ]),
    ),
    receiveCount: message.approximateReceiveCount,
    sentAt: message.sentTimestamp,
    groupId: message.messageGroupId,
  }))
}
