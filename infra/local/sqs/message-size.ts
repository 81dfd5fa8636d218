import type { SendRequest } from './send-request.ts'

/** The size of a message in bytes as SQS counts it: the body, and each attribute's name, type and value. */
export function messageSize({ MessageBody, MessageAttributes }: SendRequest): number {
  return Object.entries(MessageAttributes).reduce(
    (size, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      size +
      Buffer.byteLength(name + DataType + StringValue) +
      // fauxqs counts the base64 text, a third too much
      Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(MessageBody),
  )
}
