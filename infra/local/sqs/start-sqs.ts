import * as z from 'zod'
import { type AwsRequest, answer, type EndpointOptions, startAwsEndpoint } from '../aws-endpoint.ts'
import { toUserId } from '../sender-ids.ts'
import { createActions, type SqsAction } from './actions.ts'
import type { SqsMessage } from './message.ts'
import { createMoveTasks } from './move-tasks.ts'
import { createQueues } from './queues.ts'
import { invalidParameter, SqsError } from './sqs-error.ts'

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

/**
 * Starts SQS (standard queues, in memory) on a free port of 127.0.0.1. Every request passes the interceptor first. `toSenderId`: the SenderId of
 * messages by the access key id of who sends them; a user's, unless given. `maxWaitSeconds`: ends a long poll earlier than it asks for.
 */
export async function startSqs({
  toSenderId = toUserId,
  maxWaitSeconds = Number.POSITIVE_INFINITY,
  ...options
}: EndpointOptions & {
  maxWaitSeconds?: number
  toSenderId?: (caller: string) => string
} = {}): Promise<LocalSqs> {
  const now = Date.now
  const queues = createQueues({ now, endpoint: () => server.endpoint })
  const moveTasks = createMoveTasks(queues, now)
  const actions = createActions(queues, moveTasks, { now, maxWaitSeconds })
  const server = await startAwsEndpoint({
    service: 'sqs',
    ...options,
    serve: (request) => {
      const { call, signal } = request
      return serveAction(actions, request, { senderId: toSenderId(call.caller), signal })
    },
  })
  const messagesOn = (queueUrl: string) => queues.byUrl(queueUrl).messages

  return {
    endpoint: server.endpoint,
    async createQueue(name, attributes) {
      const { url, arn } = queues.create(name, attributes)
      return { url, arn }
    },
    depth: (queueUrl) => messagesOn(queueUrl).depth(),
    messages: (queueUrl) => messagesOn(queueUrl).all().map(toLocalMessage),
    letTimePass: (queueUrl) => messagesOn(queueUrl).showAll(),
    async stop() {
      moveTasks.stop()
      await server.stop()
    },
  }
}

/** Runs the action that a request names and answers it: 200 with what the action returns, 400 with the SqsError it throws. */
async function serveAction(
  actions: ReadonlyMap<string, SqsAction>,
  { call, response }: AwsRequest,
  caller: Parameters<SqsAction>[1],
): Promise<void> {
  try {
    const action = actions.get(call.action)
    if (!action) throw new SqsError('InvalidAction', `The local SQS has no action ${call.action}.`)
    const result = await action(call.body, caller)
    if (!response.destroyed) answer(response, 200, result)
  } catch (error) {
    const known = toSqsError(error)
    answer(response, 400, known, { 'x-amzn-query-error': known.queryErrorHeader() })
  }
}

function toSqsError(error: unknown): SqsError {
  if (error instanceof SqsError) return error
  if (error instanceof z.ZodError) return invalidParameter(z.prettifyError(error))
  throw error
}

/** A message on a local queue, seen without receiving it. */
type LocalMessage = {
  messageId: string
  body: string
  /** The values of its message attributes; a binary one in base64. */
  attributes: Record<string, string>
  receiveCount: number
  /** ms since the epoch. */
  sentAt: number
  groupId: string | undefined
}

function toLocalMessage(message: SqsMessage): LocalMessage {
  const { id, body, receiveCount, sentAt, groupId } = message
  const attributes = Object.entries(message.attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? BinaryValue ?? '',
  ])
  return { messageId: id, body, attributes: Object.fromEntries(attributes), receiveCount, sentAt, groupId }
}
