import * as z from 'zod'
import { md5, md5OfAttributes, type SqsMessage, toReceiptHandle } from './message.ts'
import { MAX_VISIBILITY_SECONDS, type SqsQueue } from './queues.ts'

/** A ReceiveMessage request, but for its queue. */
export const ReceiveSchema = z.object({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: z.number().int().min(0).max(MAX_VISIBILITY_SECONDS).optional(),
  WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
})

/**
 * Receives messages, waiting up to WaitTimeSeconds for the first one. A caller that has gone receives none: they would be
 * in flight without a consumer.
 */
export async function receiveMessages(
  { messages, attributes }: SqsQueue,
  request: z.infer<typeof ReceiveSchema>,
  { signal, now, maxWaitSeconds }: { signal: AbortSignal; now: () => number; maxWaitSeconds: number },
) {
  const { MaxNumberOfMessages, VisibilityTimeout, MessageAttributeNames } = request
  const visibilityMs = VisibilityTimeout === undefined ? undefined : VisibilityTimeout * 1000
  const waitSeconds = request.WaitTimeSeconds ?? Number(attributes.ReceiveMessageWaitTimeSeconds)
  const wanted = {
    systemAttributes: [...request.AttributeNames, ...request.MessageSystemAttributeNames],
    attributes: MessageAttributeNames,
  }
  const endsAt = now() + Math.min(waitSeconds, maxWaitSeconds) * 1000
  while (!signal.aborted) {
    const received = messages.receive(MaxNumberOfMessages, visibilityMs)
    if (received.length > 0) return { Messages: received.map((message) => toReceiveAnswer(message, wanted)) }
    if (now() >= endsAt) break
    // Of several callers that wait, only one gets the message: the others wait again.
    await untilChanged(messages, Math.max(0, Math.min(endsAt, messages.nextVisibleAt()) - now()), signal)
  }
  return {}
}

/** Resolves when the queue has changed, after `timeoutMs`, or when `signal` is aborted. */
function untilChanged(
  { watch }: SqsQueue['messages'],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, timeoutMs)
    const unwatch = watch(end)
    signal.addEventListener('abort', end)
    function end() {
      clearTimeout(timer)
      unwatch()
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
}

/**
 * What ReceiveMessage answers for a received message, with the attributes that were asked for: system attributes by name
 * or "All", message attributes also by ".*" or "prefix.*".
 */
function toReceiveAnswer(
  message: SqsMessage,
  wanted: { systemAttributes: readonly string[]; attributes: readonly string[] },
) {
  const attributes = select(message.attributes, (name) =>
    wanted.attributes.some((pattern) =>
      pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : pattern === 'All' || pattern === name,
    ),
  )
  return {
    MessageId: message.id,
    ReceiptHandle: toReceiptHandle(message),
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: select(toSystemAttributes(message), (name) =>
      wanted.systemAttributes.some((pattern) => pattern === 'All' || pattern === name),
    ),
    MessageAttributes: attributes,
    MD5OfMessageAttributes: md5OfAttributes(attributes),
  }
}

function toSystemAttributes(message: SqsMessage): Record<string, string | undefined> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  }
}

/** Undefined if nothing is selected: SQS then leaves the field out of its answer. */
function select<Value>(
  entries: Record<string, Value>,
  isWanted: (name: string) => boolean,
): Record<string, Value> | undefined {
  const wanted = Object.entries(entries).filter(([name, value]) => value !== undefined && isWanted(name))
  return wanted.length > 0 ? Object.fromEntries(wanted) : undefined
}
