import * as z from 'zod'
import { changeMessageVisibility } from '../../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibility.js'
import { changeMessageVisibilityBatch } from '../../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibilityBatch.js'
import { deleteQueue } from '../../../node_modules/fauxqs/dist/sqs/actions/deleteQueue.js'
import { getQueueAttributes } from '../../../node_modules/fauxqs/dist/sqs/actions/getQueueAttributes.js'
import { listQueues } from '../../../node_modules/fauxqs/dist/sqs/actions/listQueues.js'
import { listQueueTags } from '../../../node_modules/fauxqs/dist/sqs/actions/listQueueTags.js'
import { setQueueAttributes } from '../../../node_modules/fauxqs/dist/sqs/actions/setQueueAttributes.js'
import { tagQueue } from '../../../node_modules/fauxqs/dist/sqs/actions/tagQueue.js'
import { untagQueue } from '../../../node_modules/fauxqs/dist/sqs/actions/untagQueue.js'
import type { SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { checkReceiptHandle } from './check-receipt-handle.ts'
import { checkRedrivePolicy } from './check-redrive-policy.ts'
import type { MoveTasks } from './create-move-tasks.ts'
import { createPurgeQueue } from './create-purge-queue.ts'
import { createQueue } from './create-queue.ts'
import { deadLetterSources } from './dead-letter-sources.ts'
import { deleteMessage } from './delete-message.ts'
import { findQueue } from './find-queue.ts'
import { receiveMessages } from './receive-messages.ts'
import { runBatch } from './run-batch.ts'
import { sendMessage } from './send-message.ts'
import { sendMessageBatch } from './send-message-batch.ts'
import { SendRequestSchema } from './send-request.ts'

type Body = Record<string, unknown>

/** Serves the body of a request and returns what to answer. Throws SqsErrors. `signal` aborts when the caller has gone. */
export type SqsAction = (body: Body, signal: AbortSignal) => unknown

const QueueSchema = z.object({ QueueUrl: z.string() })
const NameSchema = z.object({ QueueName: z.string() })
const HandleSchema = z.object({ ReceiptHandle: z.string() })
const DeleteBatchSchema = z.object({ Entries: z.array(HandleSchema.extend({ Id: z.string() })).default([]) })
const AttributesSchema = z.object({ Attributes: z.record(z.string(), z.string()).default({}) })

/** Creates the actions of SQS by name: those of fauxqs, and ours where fauxqs has none or differs from SQS. */
export function createActions(
  store: SqsStore,
  moveTasks: MoveTasks,
  endpoint: () => string,
): ReadonlyMap<string, SqsAction> {
  const purgeQueue = createPurgeQueue()
  const onQueue =
    (run: (queue: SqsQueue, body: Body, signal: AbortSignal) => unknown): SqsAction =>
    (body, signal) =>
      run(findQueue(store, QueueSchema.parse(body).QueueUrl), body, signal)
  const asInFauxqs = (action: (body: Body, store: SqsStore) => unknown) =>
    onQueue((_queue, body) => action(body, store))

  return new Map<string, SqsAction>([
    ['CreateQueue', (body) => ({ QueueUrl: createQueue(store, endpoint(), body).url })],
    ['DeleteQueue', asInFauxqs(deleteQueue)],
    ['GetQueueUrl', (body) => ({ QueueUrl: findQueue(store, NameSchema.parse(body).QueueName).url })],
    ['ListQueues', (body) => listQueues(body, store)],
    [
      'ListDeadLetterSourceQueues',
      onQueue(({ arn }) => ({ queueUrls: deadLetterSources(store, arn).map(({ url }) => url) })),
    ],
    ['GetQueueAttributes', asInFauxqs(getQueueAttributes)],
    [
      'SetQueueAttributes',
      onQueue((queue, body) => {
        checkRedrivePolicy(store, queue.arn, AttributesSchema.parse(body).Attributes)
        return setQueueAttributes(body, store)
      }),
    ],
    ['TagQueue', asInFauxqs(tagQueue)],
    ['UntagQueue', asInFauxqs(untagQueue)],
    ['ListQueueTags', asInFauxqs(listQueueTags)],
    ['PurgeQueue', onQueue(purgeQueue)],
    ['SendMessage', onQueue((queue, body) => sendMessage(queue, SendRequestSchema.parse(body)))],
    ['SendMessageBatch', onQueue(sendMessageBatch)],
    ['ReceiveMessage', onQueue((queue, body, signal) => receiveMessages(store, queue, body, signal))],
    ['DeleteMessage', onQueue((queue, body) => deleteMessage(queue, HandleSchema.parse(body).ReceiptHandle))],
    [
      'DeleteMessageBatch',
      onQueue((queue, body) =>
        runBatch(DeleteBatchSchema.parse(body).Entries, (entry) => deleteMessage(queue, entry.ReceiptHandle)),
      ),
    ],
    [
      'ChangeMessageVisibility',
      onQueue((_queue, body) => {
        checkReceiptHandle(HandleSchema.parse(body).ReceiptHandle)
        return changeMessageVisibility(body, store)
      }),
    ],
    ['ChangeMessageVisibilityBatch', asInFauxqs(changeMessageVisibilityBatch)],
    ['StartMessageMoveTask', moveTasks.start],
    ['ListMessageMoveTasks', moveTasks.list],
    ['CancelMessageMoveTask', moveTasks.cancel],
  ])
}
