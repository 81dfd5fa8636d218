import type { StoredMessage } from './stored-message.ts'

/** The system attributes of a message that a receiver asked for by `names`; "All" stands for every one it has. */
export function systemAttributes(message: StoredMessage, names: readonly string[]): Record<string, string> {
  const all: Record<string, string | number | undefined> = {
    SenderId: '000000000000',
    SentTimestamp: message.sentTimestamp,
    ApproximateReceiveCount: message.approximateReceiveCount,
    ApproximateFirstReceiveTimestamp: message.approximateFirstReceiveTimestamp,
    MessageGroupId: message.messageGroupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)))
      .map(([name, value]) => [name, String(value)]),
  )
}
