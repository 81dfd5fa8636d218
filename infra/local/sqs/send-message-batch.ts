import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { messageSize } from './message-size.ts'
import { runBatch } from './run-batch.ts'
import { sendMessage } from './send-message.ts'
import { SendRequestSchema } from './send-request.ts'

const MAXIMUM_BYTES = 1024 * 1024

const RequestSchema = z.object({ Entries: z.array(SendRequestSchema.extend({ Id: z.string() })).default([]) })

/** Puts up to ten messages on a queue. A message that SQS refuses is a `Failed` entry, the others are sent. */
export function sendMessageBatch(
  queue: SqsQueue,
  body: unknown,
): { Successful: unknown[]; Failed: unknown[] } {
  const { Entries } = RequestSchema.parse(body)
  if (Entries.reduce((total, entry) => total + messageSize(entry), 0) > MAXIMUM_BYTES)
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAXIMUM_BYTES} bytes in total.`,
    )
  return runBatch(Entries, (entry) => sendMessage(queue, entry))
}
