import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalSystem } from '../../infra/local/local-system.ts'

const LOOK_EVERY_MS = 100
const STUCK_MS = 120_000

/**
 * Puts the messages on the breach queue as any producer would, and resolves when both work queues are empty again,
 * or when nothing has moved on them for two minutes: what is still there then is for the caller to count.
 */
export async function deliver(
  { sqs, inside, queues }: Pick<LocalSystem, 'sqs' | 'inside' | 'queues'>,
  bodies: readonly string[],
  onLook: () => void,
): Promise<void> {
  for (const MessageBody of bodies) {
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody }))
  }
  let movedAt = Date.now()
  let seen = ''
  while (countQueued({ inside, queues }) > 0 && Date.now() - movedAt < STUCK_MS) {
    onLook()
    const now = describeQueues({ inside, queues })
    if (now !== seen) movedAt = Date.now()
    seen = now
    await sleep(LOOK_EVERY_MS)
  }
  onLook()
}

/** Messages on the two work queues: waiting, delayed or being worked on. */
export function countQueued({ inside, queues }: Pick<LocalSystem, 'inside' | 'queues'>): number {
  const depths = [queues.breach, queues.reset].map(({ url }) => inside.depth(url))
  return depths.reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0)
}

function describeQueues({ inside, queues }: Pick<LocalSystem, 'inside' | 'queues'>): string {
  return JSON.stringify([queues.breach, queues.reset, queues.deadLetter].map(({ url }) => inside.depth(url)))
}
