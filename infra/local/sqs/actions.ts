import * as z from 'zod'
import {
  checkMessage,
  messageSize,
  parseReceiptHandle,
  type SendRequest,
  SendRequestSchema,
  toMessage,
  toSendAnswer,
} from './message.ts'
import type { MoveTasks } from './move-tasks.ts'
import { MAX_VISIBILITY_SECONDS, type Queues, type SqsQueue } from './queues.ts'
import { ReceiveSchema, receiveMessages } from './receive-messages.ts'
import { invalidParameter, SqsError } from './sqs-error.ts'

const MAX_BATCH_ENTRIES = 10
const MAX_BATCH_BYTES = 1024 * 1024

/** Who calls, as SQS says it in the attribute SenderId. `signal` aborts when the caller has gone. */
type Caller = { senderId: string; signal: AbortSignal }

type Settings = { now: () => number; maxWaitSeconds: number }
type Context = Caller & Settings

/** Serves the body of a request and returns the answer. Throws SqsErrors. */
export type SqsAction = (body: unknown, caller: Caller) => unknown

const QueueSchema = z.object({ QueueUrl: z.string() })
const CreateSchema = z.object({
  QueueName: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
})
const NamesSchema = z.object({ AttributeNames: z.array(z.string()).default([]) })
const HandleSchema = z.object({ ReceiptHandle: z.string() })
const VisibilitySchema = HandleSchema.extend({ VisibilityTimeout: z.number() })

/** Creates the actions of SQS by name. Administration that nothing here uses is left out. */
export function createActions(
  queues: Queues,
  moveTasks: MoveTasks,
  settings: Settings,
): ReadonlyMap<string, SqsAction> {
  function onQueue<Request>(
    schema: z.ZodType<Request>,
    run: (queue: SqsQueue, request: Request, context: Context) => unknown,
  ): SqsAction {
    return (body, caller) => {
      const queue = queues.byUrl(QueueSchema.parse(body).QueueUrl)
      return run(queue, schema.parse(body), { ...settings, ...caller })
    }
  }

  function onBatch<Entry extends object>(
    schema: z.ZodType<Entry>,
    run: (queue: SqsQueue, entry: Entry, context: Context) => object,
    check: (entries: readonly Entry[]) => void = () => {},
  ): SqsAction {
    return onQueue(batchOf(schema), (queue, { Entries }, context) => {
      check(Entries)
      return runBatch(Entries, (entry) => run(queue, entry, context))
    })
  }

  return new Map<string, SqsAction>([
    [
      'CreateQueue',
      (body) => {
        const { QueueName, Attributes } = CreateSchema.parse(body)
        return { QueueUrl: queues.create(QueueName, Attributes).url }
      },
    ],
    ['GetQueueAttributes', onQueue(NamesSchema, getQueueAttributes)],
    ['SendMessage', onQueue(SendRequestSchema, send)],
    ['SendMessageBatch', onBatch(SendRequestSchema, send, checkTotalSize)],
    ['ReceiveMessage', onQueue(ReceiveSchema, receiveMessages)],
    ['DeleteMessage', onQueue(HandleSchema, remove)],
    ['DeleteMessageBatch', onBatch(HandleSchema, remove)],
    ['ChangeMessageVisibility', onQueue(VisibilitySchema, changeVisibility)],
    ['ChangeMessageVisibilityBatch', onBatch(VisibilitySchema, changeVisibility)],
    ['StartMessageMoveTask', moveTasks.start],
    ['ListMessageMoveTasks', moveTasks.list],
    ['CancelMessageMoveTask', moveTasks.cancel],
  ])
}

function getQueueAttributes(queue: SqsQueue, { AttributeNames }: z.infer<typeof NamesSchema>) {
  const { visible, inFlight, delayed } = queue.messages.depth()
  const createdAtSeconds = String(Math.floor(queue.createdAt / 1000))
  const all: Record<string, string> = {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: createdAtSeconds,
    LastModifiedTimestamp: createdAtSeconds,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  }
  const entries = Object.entries(all)
  const isWanted = (name: string) => AttributeNames.includes('All') || AttributeNames.includes(name)
  return { Attributes: Object.fromEntries(entries.filter(([name]) => isWanted(name))) }
}

function send({ messages, attributes }: SqsQueue, request: SendRequest, { now, senderId }: Context) {
  checkMessage(request, Number(attributes.MaximumMessageSize))
  const delaySeconds = Number(attributes.DelaySeconds)
  const message = toMessage(request, { now: now(), delaySeconds, senderId })
  messages.put(message)
  return toSendAnswer(message, request)
}

function checkTotalSize(entries: readonly SendRequest[]): void {
  if (entries.reduce((total, entry) => total + messageSize(entry), 0) > MAX_BATCH_BYTES)
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes in total.`,
    )
}

/** A message that is gone already is not an error. */
function remove({ messages }: SqsQueue, { ReceiptHandle }: z.infer<typeof HandleSchema>) {
  messages.remove(parseReceiptHandle(ReceiptHandle))
  return {}
}

function changeVisibility({ messages }: SqsQueue, request: z.infer<typeof VisibilitySchema>) {
  const { ReceiptHandle, VisibilityTimeout } = request
  const receipt = parseReceiptHandle(ReceiptHandle)
  if (!(VisibilityTimeout >= 0 && VisibilityTimeout <= MAX_VISIBILITY_SECONDS))
    throw invalidParameter(
      `Value ${VisibilityTimeout} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and ${MAX_VISIBILITY_SECONDS}.`,
    )
  if (!messages.changeVisibility(receipt, VisibilityTimeout * 1000))
    throw new SqsError(
      'MessageNotInflight',
      'Message does not exist or is not available for visibility timeout change.',
    )
  return {}
}

const batchOf = <Entry>(entry: z.ZodType<Entry>) =>
  z.object({ Entries: z.array(z.intersection(entry, z.object({ Id: z.string() }))).default([]) })

/**
 * Runs `run` for each entry. Returns what the batch actions answer: the results under `Successful`, SqsErrors under
 * `Failed`. Throws an SqsError when SQS refuses the batch as a whole.
 */
function runBatch<Entry extends { Id: string }>(entries: readonly Entry[], run: (entry: Entry) => object) {
  checkBatch(entries)
  const Successful: object[] = []
  const Failed: object[] = []
  for (const entry of entries) {
    try {
      Successful.push({ ...run(entry), Id: entry.Id })
    } catch (error) {
      if (!(error instanceof SqsError)) throw error
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true })
    }
  }
  return { Successful, Failed }
}

function checkBatch(entries: readonly { Id: string }[]): void {
  const ids = entries.map(({ Id }) => Id)
  if (ids.length === 0)
    throw new SqsError('EmptyBatchRequest', "The batch request doesn't contain any entries.")
  if (ids.length > MAX_BATCH_ENTRIES)
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_BATCH_ENTRIES}.`,
    )
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores, 80 at most.',
    )
  if (new Set(ids).size < ids.length)
    throw new SqsError(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    )
}
