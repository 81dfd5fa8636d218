import type { SqsMessage } from '../../../node_modules/fauxqs/dist/sqs/sqsTypes.js'

/** A message on a local queue, with what fauxqs does not keep of it. */
export type StoredMessage = SqsMessage & {
  /** Every handle it was received under: an old one still deletes it, unless it is in flight under a newer one. */
  receiptHandles?: string[] | undefined
  traceHeader?: string | undefined
  /** The queue whose redrive policy moved the message to a dead-letter queue; messages sent there by hand have none. */
  deadLetterSourceArn?: string | undefined
}
