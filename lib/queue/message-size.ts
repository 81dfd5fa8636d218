import type { OutgoingMessage } from './outgoing-message.ts'

/** SQS: 1 MiB for a message and for a whole batch, counting body and attributes (name, type and value). */
export const MAX_MESSAGE_BYTES = 1_048_576

/** Size in bytes as SQS counts it. */
export function messageSize({ body, attributes = {} }: OutgoingMessage): number {
  const attributeBytes = Object.entries(attributes).map(
    ([name, value]) => Buffer.byteLength(name) + 'String'.length + Buffer.byteLength(value),
  )
  return attributeBytes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body))
}
