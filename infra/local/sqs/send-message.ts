import { md5OfMessageAttributes } from '../../../node_modules/fauxqs/dist/common/md5.js'
import { type SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { checkMessage } from './check-message.ts'
import type { SendRequest } from './send-request.ts'
import type { StoredMessage } from './stored-message.ts'

/** Puts one message on a queue and returns what SendMessage answers. Throws an SqsError for what SQS refuses. */
export function sendMessage(queue: SqsQueue, request: SendRequest): Record<string, string> {
  checkMessage(request, Number(queue.attributes.MaximumMessageSize))
  const { MessageBody, MessageAttributes, MessageSystemAttributes, MessageGroupId } = request
  const delaySeconds = request.DelaySeconds ?? Number(queue.attributes.DelaySeconds)
  const message: StoredMessage = Object.assign(
    SqsStore.createMessage(MessageBody, MessageAttributes, delaySeconds, MessageGroupId),
    { traceHeader: MessageSystemAttributes?.AWSTraceHeader?.StringValue },
  )
  queue.enqueue(message)
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: message.md5OfBody,
    ...(message.md5OfMessageAttributes && { MD5OfMessageAttributes: message.md5OfMessageAttributes }),
    ...(MessageSystemAttributes && {
      MD5OfMessageSystemAttributes: md5OfMessageAttributes(MessageSystemAttributes),
    }),
  }
}
