import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import { messageSize } from './message-size.ts'
import type { SendRequest } from './send-request.ts'

// What XML 1.0 forbids. fauxqs has a check of its own, but it also refuses every character beyond U+FFFF (emoji).
const FORBIDDEN = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** Refuses (SqsError) a message that SQS would refuse: contents, attributes, group id, delay, size in bytes. */
export function checkMessage(message: SendRequest, maximumSize: number): void {
  const { MessageBody, MessageAttributes, MessageGroupId, DelaySeconds = 0 } = message
  if (MessageBody === '') refuse('MissingParameter', 'The request must contain the parameter MessageBody.')
  checkCharacters(MessageBody)
  checkAttributes(MessageAttributes)
  if (MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(MessageGroupId))
    refuse('InvalidParameterValue', `Value ${MessageGroupId} for parameter MessageGroupId is invalid.`)
  if (!Number.isInteger(DelaySeconds) || DelaySeconds < 0 || DelaySeconds > 900)
    refuse(
      'InvalidParameterValue',
      `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    )
  if (messageSize(message) > maximumSize)
    refuse(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maximumSize} bytes.`,
    )
}

function checkAttributes(attributes: SendRequest['MessageAttributes']): void {
  const entries = Object.entries(attributes)
  if (entries.length > 10)
    refuse(
      'InvalidParameterValue',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    )
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!/^[\w.-]{1,256}$/.test(name))
      refuse('InvalidParameterValue', `The message attribute name '${name}' is invalid.`)
    if (!/^(String|Number|Binary)(\..+)?$/.test(DataType))
      refuse(
        'InvalidParameterValue',
        `The message attribute '${name}' has an invalid message attribute type.`,
      )
    if (!(DataType.startsWith('Binary') ? BinaryValue : StringValue))
      refuse(
        'InvalidParameterValue',
        `The message attribute '${name}' must contain non-empty message attribute value.`,
      )
    checkCharacters(StringValue ?? '')
  }
}

function checkCharacters(text: string): void {
  if (FORBIDDEN.test(text))
    refuse(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are those of XML 1.0.',
    )
}

function refuse(code: string, message: string): never {
  throw new SqsError(code, message)
}
