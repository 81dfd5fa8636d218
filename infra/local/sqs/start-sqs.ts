import { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { type Interceptor, startAwsEndpoint } from '../aws-endpoint.ts'
import { createActions } from './create-actions.ts'
import { createMoveTasks } from './create-move-tasks.ts'
import { createQueue } from './create-queue.ts'
import { findQueue } from './find-queue.ts'
import { inspectMessages, type LocalMessage } from './inspect-messages.ts'
import { letTimePass } from './let-time-pass.ts'
import { serveAction } from './serve-action.ts'

export type LocalSqs = {
  endpoint: string
  /** Creates a standard queue. Attributes are those of CreateQueue; what SQS refuses is thrown as an error. */
  createQueue(name: string, attributes: Record<string, string>): Promise<{ url: string; arn: string }>
  depth(queueUrl: string): { visible: number; inFlight: number; delayed: number }
  /** Every message on the queue, those in flight and delayed too, without receiving any. */
  messages(queueUrl: string): readonly LocalMessage[]
  /** Ends every visibility timeout and delay on the queue at once. */
  letTimePass(queueUrl: string): void
  stop(): Promise<void>
}

/** Starts SQS (standard queues, in memory) on a free port of 127.0.0.1. Every request passes the interceptor first. */
export async function startSqs({ intercept }: { intercept?: Interceptor } = {}): Promise<LocalSqs> {
  const store = new SqsStore()
  const moveTasks = createMoveTasks(store)
  const actions = createActions(store, moveTasks, () => server.endpoint)
  const server = await startAwsEndpoint({
    service: 'sqs',
    intercept,
    serve: (request) => serveAction(actions, request),
  })

  return {
    endpoint: server.endpoint,
    async createQueue(name, attributes) {
      const { url, arn } = createQueue(store, server.endpoint, { QueueName: name, Attributes: attributes })
      return { url, arn }
    },
    depth(queueUrl) {
      const queue = findQueue(store, queueUrl)
      return {
        visible: queue.messages.length,
        inFlight: queue.inflightMessages.size,
        delayed: queue.delayedMessages.length,
      }
    },
    messages: (queueUrl) => inspectMessages(findQueue(store, queueUrl)),
    letTimePass: (queueUrl) => letTimePass(findQueue(store, queueUrl)),
    async stop() {
      moveTasks.stop()
      await server.stop()
      // Ends the waits of long polls, whose callers have gone.
      store.shutdown()
    },
  }
}
