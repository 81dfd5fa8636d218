import { createHash, randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Message, Receipt } from './queue.ts'
import { invalidParameter, SqsError } from './sqs-error.ts'

const MAX_DELAY_SECONDS = 900
const MAX_ATTRIBUTES = 10

const AttributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  /** In base64. */
  BinaryValue: z.string().optional(),
})

/** What SendMessage and an entry of SendMessageBatch have in common: one message to send. */
export const SendRequestSchema = z.object({
  MessageBody: z.string().default(''),
  MessageAttributes: z.record(z.string(), AttributeSchema).default({}),
  MessageSystemAttributes: z.object({ AWSTraceHeader: AttributeSchema.optional() }).optional(),
  MessageGroupId: z.string().optional(),
  DelaySeconds: z.number().optional(),
})

export type SendRequest = z.infer<typeof SendRequestSchema>
type Attributes = SendRequest['MessageAttributes']

export type SqsMessage = Message & {
  readonly body: string
  readonly attributes: Attributes
  /** Who sent it, as SQS says it in the attribute SenderId. */
  readonly senderId: string
  readonly traceHeader?: string | undefined
  /** The queue whose redrive policy moved the message to a dead-letter queue. A message that was sent there has none. */
  readonly deadLetterSourceArn?: string | undefined
}

/** Makes the message that a request asks to send, under a new id. `delaySeconds` is used if the request has no delay. */
export function toMessage(
  request: SendRequest,
  { now, delaySeconds, senderId }: { now: number; delaySeconds: number; senderId: string },
): SqsMessage {
  return {
    id: randomUUID(),
    senderId,
    sentAt: now,
    visibleAt: now + (request.DelaySeconds ?? delaySeconds) * 1000,
    receiveCount: 0,
    groupId: request.MessageGroupId,
    body: request.MessageBody,
    attributes: request.MessageAttributes,
    traceHeader: request.MessageSystemAttributes?.AWSTraceHeader?.StringValue,
  }
}

/** Throws the SqsError of a message that SQS refuses: contents, attributes, group id, delay, or more than `maxBytes`. */
export function checkMessage(request: SendRequest, maxBytes: number): void {
  const { MessageBody, MessageAttributes, MessageGroupId, DelaySeconds = 0 } = request
  if (MessageBody === '')
    throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.')
  checkCharacters(MessageBody)
  checkAttributes(MessageAttributes)
  if (MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(MessageGroupId))
    throw invalidParameter(`Value ${MessageGroupId} for parameter MessageGroupId is invalid.`)
  if (!Number.isInteger(DelaySeconds) || DelaySeconds < 0 || DelaySeconds > MAX_DELAY_SECONDS)
    throw invalidParameter(
      `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`,
    )
  if (messageSize(request) > maxBytes)
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    )
}

function checkAttributes(attributes: Attributes): void {
  const entries = Object.entries(attributes)
  if (entries.length > MAX_ATTRIBUTES)
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    )
  for (const [name, { DataType, StringValue = '', BinaryValue = '' }] of entries) {
    if (!/^[\w.-]{1,256}$/.test(name))
      throw invalidParameter(`The message attribute name '${name}' is invalid.`)
    if (!/^(String|Number|Binary)(\..+)?$/.test(DataType))
      throw invalidParameter(`The message attribute '${name}' has an invalid message attribute type.`)
    if (!(DataType.startsWith('Binary') ? BinaryValue : StringValue))
      throw invalidParameter(
        `The message attribute '${name}' must contain a non-empty message attribute value.`,
      )
    checkCharacters(StringValue)
  }
}

/** XML 1.0 forbids the characters that SQS refuses. */
function checkCharacters(text: string): void {
  if (/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text))
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are those of XML 1.0.',
    )
}

/** The size of a message in bytes as SQS counts it: the body, and each attribute's name, type and value. */
export function messageSize({ MessageBody, MessageAttributes }: SendRequest): number {
  return Object.entries(MessageAttributes).reduce(
    (size, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      size + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(MessageBody),
  )
}

/** What SendMessage answers for a message sent by `request`. */
export function toSendAnswer({ id }: SqsMessage, request: SendRequest) {
  const { MessageBody, MessageAttributes, MessageSystemAttributes: { AWSTraceHeader } = {} } = request
  return {
    MessageId: id,
    MD5OfMessageBody: md5(MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    MD5OfMessageSystemAttributes: AWSTraceHeader && md5OfAttributes({ AWSTraceHeader }),
  }
}

/** Names one receive of a message. */
export function toReceiptHandle({ id, receiveCount }: Receipt): string {
  return Buffer.from(`${id} ${receiveCount}`).toString('base64url')
}

/** Reads a receipt handle. Throws ReceiptHandleIsInvalid for one that no receive can have returned. */
export function parseReceiptHandle(handle: string): Receipt {
  const [, id, count] = /^([0-9a-f-]{36}) (\d+)$/.exec(Buffer.from(handle, 'base64url').toString()) ?? []
  if (id === undefined) throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')
  return { id, receiveCount: Number(count) }
}

/** The MD5 by which a client checks the attributes it sent or received: names, types and values, each with its length. */
export function md5OfAttributes(attributes: Attributes = {}): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue = '', BinaryValue = '' } = attributes[name] ?? {}
    const isBinary = DataType.startsWith('Binary')
    const value = isBinary ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue)
    return [withLength(name), withLength(DataType), Buffer.of(isBinary ? 2 : 1), withLength(value)]
  })
  return md5(Buffer.concat(parts))
}

function withLength(content: string | Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(content))
  return Buffer.concat([length, Buffer.from(content as string)])
}

/** The MD5 of a text or bytes, as hex. */
export function md5(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex')
}
