import { createWorkload } from '../../../../infra/local/sqs/create-workload.ts'
import { takeFairly } from '../../../../infra/local/sqs/take-fairly.ts'
import type { NewMessage, Queue, Stored } from '../../../simulation/world/queue.ts'
import type { World } from '../../../simulation/world/world.ts'

/**
 * How many messages a receive returns: `full`, as many as are there and were asked for; `short`, any number from one to
 * that, each as likely: a queue is spread over hosts, and a receive that finds something on some does not wait for the others.
 */
export type Receives = 'full' | 'short'

/** A queue for the simulation that delivers the oldest first and fairly between events. Nothing is received too often here. */
export function createBenchQueue(
  { timeline, dice }: World,
  { name, visibilityMs, receives }: { name: string; visibilityMs: number; receives: Receives },
): Queue {
  const stored = new Map<string, Stored>()
  const groups = new Map<string, string>()
  const workload = createWorkload(timeline.now)
  let sent = 0
  let onChange = () => {}
  const handleOf = ({ id, receipt }: Stored) => `${id} ${receipt}`
  const groupOf = ({ id }: Stored) => groups.get(id)

  function put(message: Stored): void {
    stored.set(message.id, message)
    onChange()
  }

  function send({ body, attributes = {}, groupId, delaySeconds = 0 }: NewMessage): void {
    const id = `${name}-${++sent}`
    const sentAt = timeline.now()
    if (groupId) groups.set(id, groupId)
    put({ id, body, attributes, sentAt, visibleAt: sentAt + delaySeconds * 1000, receives: 0, receipt: 0 })
  }

  function receive(asked: number): Stored[] {
    const now = timeline.now()
    const all = [...stored.values()]
    const visible = all.filter(({ visibleAt }) => visibleAt <= now)
    const most = Math.min(asked, visible.length)
    if (most === 0) return []
    const wanted = receives === 'full' ? most : dice.between('short receive', 1, most)
    const held = new Set(all.filter(({ visibleAt }) => visibleAt > now).map(handleOf))
    const loads = workload.loads((handle) => held.has(handle))
    return takeFairly(visible, wanted, groupOf, loads).map((message) => {
      message.receives++
      message.receipt++
      message.visibleAt = now + visibilityMs
      workload.received(handleOf(message), groupOf(message) ?? message.id)
      return { ...message }
    })
  }

  function remove(messages: readonly Stored[]): string[] {
    for (const message of messages) {
      workload.ended(handleOf(message))
      stored.delete(message.id)
    }
    return messages.map(({ id }) => id)
  }

  return {
    ...{ send, put, receive, remove, show: onChange },
    all: () => [...stored.values()],
    clear: () => stored.clear(),
    nextVisibleAt: () => Math.min(...[...stored.values()].map(({ visibleAt }) => visibleAt)),
    watch: (listener) => {
      onChange = listener
    },
  }
}
