import * as z from 'zod'
import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { messageAttributes } from './message-attributes.ts'
import { redriveExhausted } from './redrive-exhausted.ts'
import { refreshQueue } from './refresh-queue.ts'
import type { StoredMessage } from './stored-message.ts'
import { systemAttributes } from './system-attributes.ts'
import { takeFairly } from './take-fairly.ts'
import { workloadOf } from './workload-of.ts'

const RequestSchema = z.object({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: z.number().int().min(0).max(43_200).optional(),
  WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
})

type Request = z.infer<typeof RequestSchema>

/**
 * Receives messages as ReceiveMessage does, fairly between message groups, waiting up to WaitTimeSeconds for the first one.
 * A caller that has gone (`signal`) is given none: its messages would be in flight for nobody.
 */
export async function receiveMessages(
  store: SqsStore,
  queue: SqsQueue,
  body: unknown,
  signal: AbortSignal,
): Promise<{ Messages?: unknown[] }> {
  const request = RequestSchema.parse(body)
  const waitSeconds = request.WaitTimeSeconds ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds)
  const deadline = Date.now() + waitSeconds * 1000
  // All pollers wake when a message arrives, and only one gets it: the others wait on.
  while (!signal.aborted) {
    const messages = dequeue(store, queue, request)
    if (messages.length > 0) return { Messages: messages }
    const leftMs = deadline - Date.now()
    if (leftMs <= 0) break
    await queue.waitForMessages(leftMs / 1000)
  }
  return {}
}

function dequeue(store: SqsStore, queue: SqsQueue, request: Request): unknown[] {
  refreshQueue(queue)
  redriveExhausted(store, queue)
  const workload = workloadOf(queue)
  const loads = workload.loads((handle) => queue.inflightMessages.has(handle))
  const next = new Set(takeFairly(queue.messages, request.MaxNumberOfMessages, groupOf, loads))
  queue.messages = [...next, ...queue.messages.filter((message) => !next.has(message))]
  const systemNames = [...request.AttributeNames, ...request.MessageSystemAttributeNames]
  return queue.dequeue(request.MaxNumberOfMessages, request.VisibilityTimeout).map((received) => {
    const { MessageId, ReceiptHandle, MD5OfBody, Body } = received
    const message: StoredMessage | undefined = queue.inflightMessages.get(ReceiptHandle)?.message
    if (!message) throw new Error(`${MessageId} was received but is not in flight`)
    message.receiptHandles = [...(message.receiptHandles ?? []), ReceiptHandle]
    workload.received(ReceiptHandle, groupOf(message) ?? MessageId)
    return {
      MessageId,
      ReceiptHandle,
      MD5OfBody,
      Body,
      ...(systemNames.length > 0 && { Attributes: systemAttributes(message, systemNames) }),
      ...messageAttributes(message, request.MessageAttributeNames),
    }
  })
}

const groupOf = ({ messageGroupId }: StoredMessage) => messageGroupId
