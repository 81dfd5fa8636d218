import type { Dice } from './create-dice.ts'
import type { Timeline } from './create-timeline.ts'
import type { Happening, QueueName } from './entry.ts'

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
  settings: { name: QueueName; visibilityMs: number; mostReceives: number; deadLetters?: Queue },
) {
  const { name, visibilityMs, mostReceives, deadLetters } = settings
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
      if (message.receives >= mostReceives) {
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
