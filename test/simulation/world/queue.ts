import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import { createQueue, type Message } from '../../../infra/local/sqs/queue.ts'
import type { Step } from '../scenario/faults.ts'
import type { Engine, Environment, Serving } from './environment.ts'
import type { QueueName, Role } from './journal.ts'
import { type Sender, senderIdOf } from './senders.ts'

export type Stored = Message & {
  body: string
  attributes: Record<string, string>
  by: string
  senderId: string
}

export type NewMessage = {
  body: string
  by: string
  /** Left out: the producer. */
  sender?: Sender
  attributes?: Record<string, string>
  groupId?: string | undefined
  delaySeconds?: number
  copy?: boolean
}

type QueueSettings = { name: QueueName; visibilityMs: number; maxReceiveCount: number; deadLetters?: Queue }

export type Queue = ReturnType<typeof createSimulatedQueue>

/**
 * Creates the queue of the local SQS, on virtual time. Where SQS promises nothing, chance decides: the order of messages, and
 * whether an old receipt still deletes.
 */
export function createSimulatedQueue({ timeline, random, note }: Engine, settings: QueueSettings) {
  const { name, visibilityMs, maxReceiveCount, deadLetters } = settings
  const queue = createQueue<Stored>({
    now: timeline.now,
    visibilityMs,
    redrive: { maxReceiveCount, deadLetter },
    order: inAnyOrder,
    acceptsOldReceipt: () => random.next('old receipt') < 0.5,
  })
  let sent = 0
  let isPaused = false

  function send(message: NewMessage): void {
    const {
      body,
      by,
      sender = 'producer',
      attributes = {},
      groupId,
      delaySeconds = 0,
      copy = false,
    } = message
    const now = timeline.now()
    const id = `${name}-${++sent}`
    note({ what: 'sent', queue: name, message: id, body, attributes, groupId, delaySeconds, by, copy })
    const visibleAt = now + delaySeconds * 1000
    const senderId = senderIdOf(sender)
    queue.put({ id, body, attributes, by, senderId, sentAt: now, visibleAt, receiveCount: 0 })
  }

  function deadLetter(message: Stored): void {
    note({ what: 'moved to the dead-letter queue by SQS', queue: name, message: message.id })
    deadLetters?.put({ ...message, receiveCount: 0 })
  }

  function* inAnyOrder<M>(visible: readonly M[]): Iterable<M> {
    const left = [...visible]
    while (left.length > 0) yield* left.splice(random.between(`receive ${name}`, 0, left.length - 1), 1)
  }

  /** Ends the visibility timeout of messages, even if they were received again since. */
  function show(messages: readonly Stored[]): void {
    const ids = new Set(messages.map(({ id }) => id))
    for (const message of queue.all())
      if (ids.has(message.id)) queue.put({ ...message, visibleAt: timeline.now() })
  }

  return {
    ...{ ...queue, send, show },
    nextVisibleAt: () => (isPaused ? Number.POSITIVE_INFINITY : queue.nextVisibleAt()),
    /** From now on the queue looks empty to its event source mapping, as when that is disabled. */
    pause: () => {
      isPaused = true
    },
    /** From the next message on that is sent to it, the queue is read again. */
    resume: () => {
      isPaused = false
    },
  }
}

const SEND_STEPS: Record<Role, Record<string, Step>> = {
  'fan-out': {
    ...{ reset: 'send chunks', 'dead-letter': 'send fan-out dead letters' },
    rehearsed: 'keep rehearsed',
  },
  'require-reset': { sessions: 'pass on', reset: 'send remainder', 'dead-letter': 'send dead letters' },
  'end-sessions': { sessions: 'send session remainder', 'dead-letter': 'send session letters' },
}

/** Creates SQS as one execution environment of a function sees it. The URL of a queue is its name. */
export function createQueueClient(
  { queues }: { queues: Record<QueueName, Queue> },
  environment: Environment,
  role: Role,
) {
  return async (command: unknown): Promise<unknown> => {
    if (!(command instanceof SendMessageBatchCommand))
      throw new Error('the simulated SQS serves SendMessageBatch only')
    const { QueueUrl = '', Entries = [] } = command.input
    const name = QueueUrl as QueueName
    return environment.perform(SEND_STEPS[role][name] ?? 'send chunks', (serving) =>
      accept(queues[name], Entries, { ...serving, sender: role }),
    )
  }
}

function accept(
  queue: Queue,
  entries: readonly SendMessageBatchRequestEntry[],
  { invocation, fault, sender }: Serving & { sender: Sender },
) {
  assertSendable(entries)
  const half = Math.floor(entries.length / 2)
  const accepted =
    fault === 'partial' ? entries.slice(0, half) : fault === 'never accepted' ? entries.slice(1) : entries
  for (const copy of fault === 'sent twice' ? [false, true] : [false])
    for (const entry of accepted) put(entry, copy)
  const left = entries.filter((entry) => !accepted.includes(entry))
  const SenderFault = fault === 'never accepted'
  return {
    Successful: accepted.map(({ Id }) => ({ Id })),
    Failed: left.map(({ Id }) => ({ Id, SenderFault, Code: SenderFault ? 'Invalid' : 'InternalError' })),
  }

  function put(entry: SendMessageBatchRequestEntry, copy: boolean): void {
    const attributes = Object.entries(entry.MessageAttributes ?? {})
    queue.send({
      body: entry.MessageBody ?? '',
      attributes: Object.fromEntries(attributes.map(([name, { StringValue = '' }]) => [name, StringValue])),
      groupId: entry.MessageGroupId,
      delaySeconds: entry.DelaySeconds ?? 0,
      by: invocation,
      sender,
      copy,
    })
  }
}

/** Throws when SQS would reject the whole batch. */
function assertSendable(entries: readonly SendMessageBatchRequestEntry[]): void {
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0)
  const ids = new Set(entries.map(({ Id }) => Id))
  const isValid =
    entries.length > 0 && entries.length <= 10 && ids.size === entries.length && bytes <= 1_048_576
  if (!isValid || entries.some(({ DelaySeconds = 0 }) => DelaySeconds > 900))
    throw new Error(`SQS rejects a batch of ${entries.length} entries and ${bytes} bytes`)
}
