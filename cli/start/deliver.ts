import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalQueue } from '../../infra/local/boot-queues.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'

const LOOK_EVERY_MS = 100
const STUCK_MS = 120_000
/**
 * Messages on each queue when the next event is sent: enough that nobody waits for work, and no more, so that one
 * invocation of fan-out is not handed five events of ten thousand.
 */
const MOST_QUEUED = { breach: 1, reset: 1000 }

/**
 * Puts the messages on the breach queue as a producer with a long list would, the next one when the queues are short
 * enough, and resolves when both work queues are empty again, or when nothing has moved on them for two minutes: what is
 * still there then is for the caller to count.
 */
export async function deliver(
  { sqs, inside, queues }: Pick<LocalSystem, 'sqs' | 'inside' | 'queues'>,
  bodies: Iterable<string>,
  onLook: () => void,
): Promise<void> {
  let movedAt = Date.now()
  let seen = ''

  async function untilQueued(most: { breach: number; reset: number }): Promise<'few' | 'stuck'> {
    for (;;) {
      const breach = countOn(inside, queues.breach)
      const reset = countOn(inside, queues.reset)
      if (breach <= most.breach && reset <= most.reset) return 'few'
      onLook()
      const now = describeQueues({ inside, queues })
      if (now !== seen) movedAt = Date.now()
      if (Date.now() - movedAt >= STUCK_MS) return 'stuck'
      seen = now
      await sleep(LOOK_EVERY_MS)
    }
  }

  for (const MessageBody of bodies) {
    if ((await untilQueued(MOST_QUEUED)) === 'stuck') break
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody }))
    movedAt = Date.now()
  }
  await untilQueued({ breach: 0, reset: 0 })
  onLook()
}

/** Messages on the two work queues: waiting, delayed or being worked on. */
export function countQueued({ inside, queues }: Pick<LocalSystem, 'inside' | 'queues'>): number {
  return countOn(inside, queues.breach) + countOn(inside, queues.reset)
}

function countOn(inside: LocalSystem['inside'], { url }: LocalQueue): number {
  const { visible, inFlight, delayed } = inside.depth(url)
  return visible + inFlight + delayed
}

function describeQueues({ inside, queues }: Pick<LocalSystem, 'inside' | 'queues'>): string {
  return JSON.stringify([queues.breach, queues.reset, queues.deadLetter].map(({ url }) => inside.depth(url)))
}
