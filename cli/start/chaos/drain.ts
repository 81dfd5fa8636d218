import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { countQueued } from '../deliver.ts'

const LOOK_EVERY_MS = 100
/** Several times what any message can be hidden for. */
const LONGEST_MS = 300_000

/**
 * Waits until both work queues are empty, or five minutes. Visibility timeouts really pass. Retry delays, which grow to a
 * quarter of an hour, are cut short once nothing else is waited for; `onCut` is told of how many messages.
 * Resolves to how many these were in all.
 */
export async function drain(
  system: Pick<LocalSystem, 'inside' | 'queues'>,
  { look, onCut }: { look: () => void; onCut: (messages: number) => void },
): Promise<number> {
  const { inside, queues } = system
  const startedAt = performance.now()
  let cut = 0
  while (countQueued(system) > 0 && performance.now() - startedAt < LONGEST_MS) {
    look()
    const { delayed } = inside.depth(queues.reset.url)
    if (delayed > 0 && delayed === countQueued(system)) {
      inside.letTimePass(queues.reset.url)
      cut += delayed
      onCut(delayed)
    }
    await sleep(LOOK_EVERY_MS)
  }
  look()
  return cut
}
