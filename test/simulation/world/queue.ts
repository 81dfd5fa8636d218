import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Step } from '../scenario/arbitrary.ts'
import type { Environment } from './environment.ts'
import type { Answering, Dice, Happening, QueueName, Timeline, World } from './world.ts'

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

export type Queue = ReturnType<typeof createQueue>

/**
 * A standard SQS queue: any order, a visibility timeout, and what was received too often is moved to `deadLetters`.
 * `onChange` is told when something may be received at once, or later.
 */
export function createQueue(
  { timeline, dice, note }: { timeline: Timeline; dice: Dice; note: (happening: Happening) => void },
  settings: { name: QueueName; visibilityMs: number; maxReceives: number; deadLetters?: Queue },
) {
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

  /** At most `most` of the visible ones, each hidden from now on. */
  function receive(most: number): Stored[] {
    const now = timeline.now()
    const visible = [...stored.values()].filter(({ visibleAt }) => visibleAt <= now)
    const received: Stored[] = []
    while (received.length < most && visible.length > 0) {
      const [message] = visible.splice(dice.between(`receive ${name}`, 0, visible.length - 1), 1)
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

  /** Returns the ids of what is deleted. An old receipt, of a message received again since, may or may not do it. */
  function remove(messages: readonly Stored[]): string[] {
    const deleted = messages.filter(({ id, receipt }) => {
      const message = stored.get(id)
      return message && (message.receipt === receipt || dice.roll('old receipt') < 0.5)
    })
    for (const { id } of deleted) stored.delete(id)
    return deleted.map(({ id }) => id)
  }

  function show(messages: readonly Stored[]): void {
    for (const { id } of messages) {
      const message = stored.get(id)
      if (message) message.visibleAt = timeline.now()
    }
    onChange()
  }

  return {
    send,
    put,
    receive,
    remove,
    show,
    all: () => [...stored.values()],
    clear: () => stored.clear(),
    nextVisibleAt: () => Math.min(...[...stored.values()].map(({ visibleAt }) => visibleAt)),
    watch: (listener: () => void) => {
      onChange = listener
    },
  }
}

export type Role = 'fan-out' | 'require-reset'

const STEPS: Record<Role, Record<string, Step>> = {
  'fan-out': { reset: 'send chunks', 'dead-letter': 'send fan-out letters' },
  'require-reset': { reset: 'send remainder', 'dead-letter': 'send dead letters' },
}

/** SQS as one execution environment of a function sees it. A queue's URL is its name. */
export function createQueueClient({ queues }: World, environment: Environment, role: Role) {
  return async (command: unknown): Promise<unknown> => {
    if (!(command instanceof SendMessageBatchCommand)) throw new Error('SQS is asked for nothing else')
    const { QueueUrl = '', Entries = [] } = command.input
    const name = QueueUrl as QueueName
    return environment.perform(STEPS[role][name] ?? 'send chunks', (answering) =>
      take(queues[name], Entries, answering),
    )
  }
}

function take(
  queue: World['queues'][QueueName],
  entries: readonly SendMessageBatchRequestEntry[],
  { invocation, fault }: Answering,
) {
  demandSendable(entries)
  const half = Math.floor(entries.length / 2)
  const taken =
    fault === 'partial' ? entries.slice(0, half) : fault === 'never taken' ? entries.slice(1) : entries
  for (const copy of fault === 'sent twice' ? [false, true] : [false])
    for (const entry of taken) put(entry, copy)
  const left = entries.filter((entry) => !taken.includes(entry))
  const SenderFault = fault === 'never taken'
  return {
    Successful: taken.map(({ Id }) => ({ Id })),
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

/** What SQS refuses as a whole. */
function demandSendable(entries: readonly SendMessageBatchRequestEntry[]): void {
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0)
  const ids = new Set(entries.map(({ Id }) => Id))
  const isFine =
    entries.length > 0 && entries.length <= 10 && ids.size === entries.length && bytes <= 1_048_576
  if (!isFine || entries.some(({ DelaySeconds = 0 }) => DelaySeconds > 900))
    throw new Error(`SQS refuses a batch of ${entries.length} entries and ${bytes} bytes`)
}
