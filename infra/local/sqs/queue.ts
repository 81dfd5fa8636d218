/** What a queue needs to know about a message. Times in ms since the epoch. */
export type Message = {
  readonly id: string
  readonly sentAt: number
  /** Until then the message is delayed, if it has not been received yet, or in flight. */
  readonly visibleAt: number
  readonly receiveCount: number
  readonly firstReceivedAt?: number | undefined
  readonly groupId?: string | undefined
}

/** Identifies one receive of a message. */
export type Receipt = Pick<Message, 'id' | 'receiveCount'>

/** Puts the visible messages in the order in which they are received, given those that are in flight. */
type Order = <M extends Message>(visible: readonly M[], inFlight: readonly M[]) => Iterable<M>

export type QueueSettings<M extends Message> = {
  now: () => number
  visibilityMs: number
  /** Messages are kept this long. Default: for ever. */
  retentionMs?: number
  /** A message that was received `maxReceiveCount` times goes to `deadLetter` instead of being received again. */
  redrive?: { maxReceiveCount: number; deadLetter: (message: M) => void } | undefined
  /** Default: fair between message groups. */
  order?: Order
  /** Whether the receipt of an earlier receive still deletes a message. Default: only while the message is visible. */
  acceptsOldReceipt?: (message: M) => boolean
}

export type Queue<M extends Message> = {
  put(message: M): void
  /** Up to `max` visible messages, as they are after this receive, hidden for `visibilityMs`. */
  receive(max: number, visibilityMs?: number): M[]
  /** Deletes a message. Returns false if the message is gone, or if an old receipt no longer counts. */
  remove(receipt: Receipt): boolean
  /** Hides a message in flight for `ms` from now on. Returns false if the message is no longer in flight under this receipt. */
  changeVisibility(receipt: Receipt, ms: number): boolean
  /** Ends every delay and visibility timeout. */
  showAll(): void
  /** Visible, in flight, delayed, in this order. */
  all(): M[]
  visible(): M[]
  depth(): { visible: number; inFlight: number; delayed: number }
  /** When the first message is or becomes visible, Infinity if there is none. */
  nextVisibleAt(): number
  /** Calls `listener` whenever `nextVisibleAt` may have changed, until the returned function is called. */
  watch(listener: () => void): () => void
}

/** Creates a standard SQS queue in memory: synchronous, on the clock it is given, the oldest message first in each group. */
export function createQueue<M extends Message>(settings: QueueSettings<M>): Queue<M> {
  const { now, retentionMs = Number.POSITIVE_INFINITY, redrive, order = fewestInFlightFirst } = settings
  const isVisible = (message: M) => message.visibleAt <= now()
  const { acceptsOldReceipt = isVisible } = settings
  const messages = new Map<string, M>()
  const listeners = new Set<() => void>()
  const current = () => byState(messages, now(), retentionMs)
  const all = () => Object.values(current()).flat()

  function changed(): void {
    for (const listener of listeners) listener()
  }

  function put(message: M): void {
    messages.set(message.id, message)
    changed()
  }

  function receive(max: number, visibilityMs = settings.visibilityMs): M[] {
    const { visible, inFlight } = current()
    const received: M[] = []
    for (const message of order(visible, inFlight)) {
      if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
        messages.delete(message.id)
        redrive.deadLetter(message)
        continue
      }
      const inFlightNow = asReceived(message, now(), visibilityMs)
      messages.set(message.id, inFlightNow)
      if (received.push(inFlightNow) === max) break
    }
    if (received.length > 0) changed()
    return received
  }

  function remove({ id, receiveCount }: Receipt): boolean {
    const message = messages.get(id)
    if (!message || (message.receiveCount !== receiveCount && !acceptsOldReceipt(message))) return false
    return messages.delete(id)
  }

  function changeVisibility({ id, receiveCount }: Receipt, ms: number): boolean {
    const message = messages.get(id)
    if (!message || message.receiveCount !== receiveCount || isVisible(message)) return false
    put({ ...message, visibleAt: now() + ms })
    return true
  }

  function showAll(): void {
    for (const message of messages.values())
      put({ ...message, visibleAt: Math.min(message.visibleAt, now()) })
  }

  return {
    ...{ put, receive, remove, changeVisibility, showAll, all },
    visible: () => current().visible,
    depth() {
      const { visible, inFlight, delayed } = current()
      return { visible: visible.length, inFlight: inFlight.length, delayed: delayed.length }
    },
    nextVisibleAt: () => all().reduce((first, { visibleAt }) => Math.min(first, visibleAt), Infinity),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function asReceived<M extends Message>(message: M, now: number, visibilityMs: number): M {
  const { receiveCount, firstReceivedAt = now } = message
  return { ...message, firstReceivedAt, receiveCount: receiveCount + 1, visibleAt: now + visibilityMs }
}

/** Sorts messages by their state, and deletes those that were kept long enough. */
function byState<M extends Message>(messages: Map<string, M>, now: number, retentionMs: number) {
  const visible: M[] = []
  const inFlight: M[] = []
  const delayed: M[] = []
  for (const message of messages.values()) {
    if (message.sentAt < now - retentionMs) messages.delete(message.id)
    else if (message.visibleAt <= now) visible.push(message)
    else (message.receiveCount > 0 ? inFlight : delayed).push(message)
  }
  return { visible, inFlight, delayed }
}

/**
 * Orders messages as a fair queue does: each next one is of the group with the fewest in flight, the oldest first. A
 * message without a group is a group of its own.
 */
export function* fewestInFlightFirst<M extends Message>(
  visible: readonly M[],
  inFlight: readonly M[],
): Iterable<M> {
  const ahead = new Map<string, number>()
  function countAhead({ groupId }: Message): number {
    if (groupId === undefined) return 0
    const count = ahead.get(groupId) ?? 0
    ahead.set(groupId, count + 1)
    return count
  }
  for (const message of inFlight) countAhead(message)
  const byCount: M[][] = []
  for (const message of visible) {
    const count = countAhead(message)
    const same = byCount[count]
    if (same) same.push(message)
    else byCount[count] = [message]
  }
  for (const messages of byCount) if (messages) yield* messages
}
