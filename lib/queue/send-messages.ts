import { createHash } from 'node:crypto'
import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs'
import { pack } from './pack.ts'

/**
 * Sends messages in as few requests as SQS's limits allow. Only the entries that failed are sent again. A message is taken from
 * `messages` only when its request is next, so that an event need not be held once for each of its parts.
 * Throws when some could not be delivered after all: part of the messages may then be on the queue.
 */
export async function sendMessages<Message extends OutgoingMessage>(
  environment: SendEnvironment,
  queueUrl: string,
  messages: Iterable<Message>,
): Promise<SendResult<Message>> {
  const refused: Message[] = []
  for (const batch of packBatches(messages)) {
    const [first] = batch
    if (first && messageSize(first) > MAX_MESSAGE_BYTES) {
      refused.push(first)
      continue
    }
    const result = await sendBatch(environment, queueUrl, batch)
    if ('error' in result) throw result.error
    if (result.unsent.length > 0) throw new Error(`SQS did not take ${result.unsent.length} messages`)
    refused.push(...result.refused.keys())
  }
  return { refused }
}

/** `sendMessages` with its environment: an effect of the functions. */
export type SendMessages = <Message extends OutgoingMessage>(
  queueUrl: string,
  messages: Iterable<Message>,
) => Promise<SendResult<Message>>

/** `refused`: what SQS will never take (over 1 MiB, or a sender fault). Everything else is on the queue. */
type SendResult<Message> = { refused: Message[] }

const TRIES = 4

/** The part of an SQSClient that is used. */
export type Sqs = {
  send(
    command: SendMessageBatchCommand,
    options?: { abortSignal?: AbortSignal },
  ): Promise<SendMessageBatchCommandOutput>
}

export type SendEnvironment = { sqs: Sqs; sleep: (ms: number) => Promise<unknown>; random: () => number }

/**
 * `sent`: with the id that SQS assigned. `refused`: what SQS will never take, with its code. `unsent`: what it did not take in
 * four tries or, with `error`, what was in a request that failed as a whole and may be on the queue all the same.
 */
export type BatchResult<Message = OutgoingMessage> = {
  sent: Map<Message, string>
  refused: Map<Message, string>
  unsent: Message[]
  error?: unknown
}

/** Sends at most 10 messages, and entries that fail again. Never rejects: an aborted request counts as failed. */
export async function sendBatch<Message extends OutgoingMessage>(
  { sqs, sleep, random }: SendEnvironment,
  queueUrl: string,
  batch: readonly Message[],
  abortSignal?: AbortSignal,
): Promise<BatchResult<Message>> {
  const sent = new Map<Message, string>()
  const refused = new Map<Message, string>()
  let unsent = [...batch.entries()]
  const rest = () => unsent.map(([, message]) => message)
  for (let attempt = 1; unsent.length > 0 && attempt <= TRIES; attempt++) {
    try {
      if (attempt > 1) await sleep(100 * 2 ** (attempt - 1) * random())
      const entries = unsent.map(([index, message]) => toEntry(index, message))
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries })
      const answer = await sqs.send(command, abortSignal && { abortSignal })
      const accepted = new Map(answer.Successful?.map(({ Id, MessageId }) => [Id, MessageId]))
      const atFault = new Map(
        answer.Failed?.filter(({ SenderFault }) => SenderFault).map(({ Id, Code }) => [Id, Code]),
      )
      const failed: typeof unsent = []
      for (const [index, message] of unsent) {
        const id = String(index)
        if (accepted.has(id)) sent.set(message, accepted.get(id) ?? '')
        else if (atFault.has(id)) refused.set(message, atFault.get(id) ?? '')
        else failed.push([index, message])
      }
      unsent = failed
    } catch (error) {
      return { sent, refused, unsent: rest(), error }
    }
  }
  return { sent, refused, unsent: rest() }
}

function toEntry(index: number, message: OutgoingMessage): SendMessageBatchRequestEntry {
  const attributes = Object.entries(message.attributes ?? {}).filter(([, value]) => value !== '')
  return {
    Id: String(index),
    MessageBody: message.body,
    ...(message.delaySeconds ? { DelaySeconds: message.delaySeconds } : {}),
    ...(message.groupId ? { MessageGroupId: message.groupId } : {}),
    ...(attributes.length > 0 && {
      MessageAttributes: Object.fromEntries(
        attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  }
}

const MAX_ENTRIES = 10

/**
 * Packs messages into batches of at most 10 entries and 1 MiB in all, in order, each when it is asked for. A message over 1 MiB is a
 * batch of its own.
 */
export function packBatches<Message extends OutgoingMessage>(
  messages: Iterable<Message>,
): Generator<Message[]> {
  return pack(messages, { sizeOf: messageSize, maxSize: MAX_MESSAGE_BYTES, maxLength: MAX_ENTRIES })
}

/**
 * A message to send. Attributes are strings; `delaySeconds` 0 to 900; `groupId` makes the queue fair between events; `reservedBytes` are
 * kept back for what is added to the message later.
 */
export type OutgoingMessage = {
  body: string
  reservedBytes?: number
  attributes?: Record<string, string>
  delaySeconds?: number
  groupId?: string
}

/** SQS: 1 MiB for a message and for a whole batch, counting body and attributes (name, type and value). */
export const MAX_MESSAGE_BYTES = 1_048_576

/** Size in bytes as SQS counts it, with what is kept back. */
export function messageSize({ body, attributes = {}, reservedBytes = 0 }: OutgoingMessage): number {
  const attributeBytes = Object.entries(attributes).map(
    ([name, value]) => Buffer.byteLength(name) + 'String'.length + Buffer.byteLength(value),
  )
  return attributeBytes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body) + reservedBytes)
}

/**
 * JSON that SQS accepts: JSON.stringify already escapes control characters and lone surrogates;
 * U+FFFE and U+FFFF, which XML 1.0 forbids as well, are escaped here.
 */
export function toMessageBody(value: unknown): string {
  return JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
}

/** The MessageGroupId of an event's messages: SQS then keeps one giant breach from starving the next small one (fair queues). */
export function eventGroup(event: { source: string; id: string }): string {
  return createHash('sha256').update(`${event.source}\n${event.id}`).digest('hex')
}
