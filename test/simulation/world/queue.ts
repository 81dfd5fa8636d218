import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Step } from '../scenario/faults.ts'
import type { Engine, Environment, Serving } from './environment.ts'
import type { QueueName, Role } from './journal.ts'

export type Stored = {
  id: string
  body: string
  attributes: Record<string, string>
  sentAt: number
  visibleAt: number
  receives: number
  /** Changes with every receive. */
  receipt: number
}

export type NewMessage = {
  body: string
  by: string
  attributes?: Record<string, string>
  groupId?: string | undefined
  delaySeconds?: number
  copy?: boolean
}

type QueueSettings = { name: QueueName; visibilityMs: number; maxReceives: number; deadLetters?: Queue }

export type Queue = ReturnType<typeof createQueue>

/** Creates a standard SQS queue: any order, a visibility timeout, and a dead-letter queue for what was received too often. */
export function createQueue({ timeline, random, note }: Engine, settings: QueueSettings) {
  const { name, visibilityMs, maxReceives, deadLetters } = settings
  const stored = new Map<string, Stored>()
  let sent = 0
  let onChange = () => {}

  function put(message: Stored): void {
    stored.set(message.id, message)
    onChange()
  }

  function send({ body, by, attributes = {}, groupId, delaySeconds = 0, copy = false }: NewMessage): void {
    const now = timeline.now()
    const id = `${name}-${++sent}`
    note({ what: 'sent', queue: name, message: id, body, attributes, groupId, delaySeconds, by, copy })
    put({ id, body, attributes, sentAt: now, visibleAt: now + delaySeconds * 1000, receives: 0, receipt: 0 })
  }

  /** Up to `max` of the visible messages, each hidden from now on. */
  function receive(max: number): Stored[] {
    const now = timeline.now()
    const visible = [...stored.values()].filter(({ visibleAt }) => visibleAt <= now)
    const received: Stored[] = []
    while (received.length < max && visible.length > 0) {
      const [message] = visible.splice(random.between(`receive ${name}`, 0, visible.length - 1), 1)
      if (!message) break
      if (message.receives >= maxReceives) {
        stored.delete(message.id)
        note({ what: 'moved to the dead-letter queue by SQS', queue: name, message: message.id })
        deadLetters?.put({ ...message, receives: 0 })
        continue
      }
      message.receives++
      message.receipt++
      message.visibleAt = now + visibilityMs
      received.push({ ...message })
    }
    return received
  }

  /** Returns the ids of what it deletes. The receipt of a message that was received again since may or may not delete it. */
  function remove(messages: readonly Stored[]): string[] {
    const deleted = messages.filter(({ id, receipt }) => {
      const message = stored.get(id)
      return message && (message.receipt === receipt || random.next('old receipt') < 0.5)
    })
    for (const { id } of deleted) stored.delete(id)
    return deleted.map(({ id }) => id)
  }

  /** Ends the visibility timeout of messages. */
  function show(messages: readonly Stored[]): void {
    for (const message of messages.flatMap(({ id }) => stored.get(id) ?? []))
      message.visibleAt = timeline.now()
    onChange()
  }

  return {
    ...{ send, put, receive, remove, show },
    all: () => [...stored.values()],
    clear: () => stored.clear(),
    /** When the first message is or becomes visible; Infinity when there is none. */
    nextVisibleAt: () => Math.min(...[...stored.values()].map(({ visibleAt }) => visibleAt)),
    /** Calls `listener` whenever `nextVisibleAt` may have changed. */
    watch: (listener: () => void) => {
      onChange = listener
    },
  }
}

const SEND_STEPS: Record<Role, Record<string, Step>> = {
  'fan-out': { reset: 'send chunks', 'dead-letter': 'send fan-out dead letters' },
  'require-reset': { reset: 'send remainder', 'dead-letter': 'send dead letters' },
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
      accept(queues[name], Entries, serving),
    )
  }
}

function accept(
  queue: Queue,
  entries: readonly SendMessageBatchRequestEntry[],
  { invocation, fault }: Serving,
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
